import type { RootHome } from './profile/home.ts';
import type { ProfileName } from './profile/name.ts';
import type { Detection } from './s6/detect.ts';

/** The user that gateways run as, as the passwd database tells it. */
export interface RuntimeUser {
  readonly uid: number;
  readonly gid: number;
  /** Its name, or `uid 12345` when it has no passwd entry. */
  readonly name: string;
  readonly home: string;
}

/** Where a command comes from: typed or called from outside a container, by what runs inside it, or on no container at all. */
export type Origin = 'docker exec' | 'cont-init' | 'supervised' | 'container command' | 'shell';

/** Who typed the command, for the lifecycle journal. */
export interface Actor {
  readonly user: string;
  readonly uid: number;
  readonly via: Origin;
}

/** Where everything is and who we are: read from the environment once, at the edge, and handed down. */
export interface Site {
  readonly root: RootHome;
  /** The profile that `-p`, `HERMES_PROFILE` or `HERMES_HOME` selects. */
  readonly profile: ProfileName;
  /** Absolute path of the scandir, whether or not anybody scans it. */
  readonly scandir: string;
  /** Directory that holds `s6-svc` and its siblings; null where s6 is not installed. */
  readonly binDir: string | null;
  readonly detection: Detection;
  /** Who the gateways run as; null: whoever we are. */
  readonly runtimeUser: RuntimeUser | null;
  readonly actor: Actor;
  /** Directories of the Node and of the `hermes` that runs now; slots put them first on PATH. */
  readonly programDirs: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  now(): Date;
}

/** Whether a variable is switched on: `1`, `true` or `yes` in any case. */
export function isOn(env: Site['env'], name: string): boolean {
  return /^(1|true|yes)$/i.test(env[name] ?? '');
}
