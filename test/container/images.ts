import { fileURLToPath } from 'node:url';
import { docker, dockerOutput, output } from './engine.ts';

/** Our own image, on a base that needs no network. */
export const ours = 'hermes';
/** The image on s6-overlay, whose boot is a double's. */
export const overlay = 'hermes-overlay';

const base = 'hermes-base';
const double = 'hermes-overlay-double';
const top = fileURLToPath(new URL('../..', import.meta.url));

/** Makes a base without any registry: this machine's own binaries. */
async function importBase(): Promise<void> {
  const script = fileURLToPath(new URL('base-image', import.meta.url));
  const archive = await output('mktemp', '--suffix=.tar');
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  await output('sh', '-c', '"$1" "$2" >"$3"', 'sh', script, process.execPath, archive);
  await dockerOutput(['import', '--change', `ENV ${path}`, archive, base]);
  await output('rm', archive);
}

async function build(
  image: string,
  dockerfile: string,
  args: Readonly<Record<string, string>>,
): Promise<void> {
  const pairs = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const file = `${top}/${dockerfile}`;
  const words = ['build', '-q', '--network', 'none', ...pairs, '-f', file, '-t', image, top];
  const answer = await docker(words);
  if (answer.code !== 0) throw new Error(`${dockerfile} does not build:\n${answer.stderr}`);
}

/** Makes both images on the private engine. */
export async function buildImages(): Promise<void> {
  await importBase();
  await Promise.all([
    build(ours, 'container/Dockerfile', { BASE: base, PROGRAM: 'built' }),
    build(double, 'test/container/overlay-double/Dockerfile', { BASE: base }),
  ]);
  await build(overlay, 'container/s6-overlay/Dockerfile', { PROGRAM: ours, OVERLAY: double });
}
