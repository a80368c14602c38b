import { join } from 'node:path';
import type { RootHome } from './home.ts';
import type { ProfileName } from './name.ts';

// In the home of one profile.
export const soulPath = (home: string): string => join(home, 'SOUL.md');
export const configPath = (home: string): string => join(home, 'config.yaml');
export const dotenvPath = (home: string): string => join(home, '.env');
export const statePath = (home: string): string => join(home, 'gateway_state.json');
export const stateLockPath = (home: string): string => join(home, '.gateway_state.json.lock');
export const lifecycleLockPath = (home: string): string => join(home, '.lifecycle.lock');
export const markerPath = (home: string): string => join(home, '.gateway-planned-stop.json');
export const gatewayLockPath = (home: string): string => join(home, 'gateway.lock');
export const pidPath = (home: string): string => join(home, 'gateway.pid');
export const processesPath = (home: string): string => join(home, 'processes.json');

// In the root home.
export const profilesDir = (root: RootHome): string => join(root, 'profiles');
export const profilesLockPath = (root: RootHome): string => join(root, '.profiles.lock');
export const logDir = (root: RootHome, name: ProfileName): string => join(root, 'logs', 'gateways', name);
export const bootLogPath = (root: RootHome): string => join(root, 'logs', 'container-boot.log');
export const journalPath = (root: RootHome): string => join(root, 'logs', 'lifecycle.jsonl');
