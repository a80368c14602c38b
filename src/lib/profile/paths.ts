import type { RootHome } from './home.ts';
import type { ProfileName } from './name.ts';

// Templates, not join(): a boot pass makes thousands of these. Homes are absolute and have no trailing slash.

// In the home of one profile.
export const soulPath = (home: string): string => `${home}/SOUL.md`;
export const configPath = (home: string): string => `${home}/config.yaml`;
export const dotenvPath = (home: string): string => `${home}/.env`;
export const statePath = (home: string): string => `${home}/gateway_state.json`;
export const stateLockPath = (home: string): string => `${home}/.gateway_state.json.lock`;
export const lifecycleLockPath = (home: string): string => `${home}/.lifecycle.lock`;
export const markerPath = (home: string): string => `${home}/.gateway-planned-stop.json`;
export const gatewayLockPath = (home: string): string => `${home}/gateway.lock`;
export const pidPath = (home: string): string => `${home}/gateway.pid`;
export const processesPath = (home: string): string => `${home}/processes.json`;
/** While a profile is being renamed: the name that it had. */
export const formerNamePath = (home: string): string => `${home}/.renamed-from`;

// In the root home.
export const profilesDir = (root: RootHome): string => `${root}/profiles`;
export const profilesLockPath = (root: RootHome): string => `${root}/.profiles.lock`;
export const logDir = (root: RootHome, name: ProfileName): string => `${root}/logs/gateways/${name}`;
export const bootLogPath = (root: RootHome): string => `${root}/logs/container-boot.log`;
export const journalPath = (root: RootHome): string => `${root}/logs/lifecycle.jsonl`;
