import { Failure } from '../failure.ts';
import type { GatewayConfig } from '../profile/config.ts';
import type { StateChange } from './state.ts';

/** What the state tells of a reading of config.yaml: when it began, and why what was read is not in force. */
export const configRead = (at: Date, error: string | null): StateChange => ({
  config_read_at: at.toISOString(),
  reload_error: error,
});

/** Throws a Failure (78) where the configuration asks for another program than the one that reads it. */
export function builtIn(config: GatewayConfig): GatewayConfig {
  if (config.command === null) return config;
  throw new Failure('gateway.command is set now, and another program takes a restart', {
    code: 'CONFIG_INVALID',
    exit: 78,
  });
}
