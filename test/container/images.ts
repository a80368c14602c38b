import { fileURLToPath } from 'node:url';
import { docker, dockerOutput, output } from './engine.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const made = new Map<string, Promise<string>>();

/** An image by name, made when it is first asked for. */
function once(name: string, make: () => Promise<unknown>): Promise<string> {
  const image = made.get(name) ?? make().then(() => name);
  made.set(name, image);
  return image;
}

/** A base without any registry: this machine's own binaries. */
const base = () =>
  once('hermes-base', async () => {
    const script = fileURLToPath(new URL('base-image', import.meta.url));
    const archive = await output('mktemp', '--suffix=.tar');
    const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    await output('sh', '-c', '"$1" "$2" >"$3"', 'sh', script, process.execPath, archive);
    await dockerOutput(['import', '--change', `ENV ${path}`, archive, 'hermes-base']);
    await output('rm', archive);
  });

async function build(
  image: string,
  dockerfile: string,
  args: Readonly<Record<string, string>>,
): Promise<void> {
  const pairs = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const words = [
    'build',
    '-q',
    '--network',
    'none',
    ...pairs,
    '-f',
    `${top}/${dockerfile}`,
    '-t',
    image,
    top,
  ];
  const answer = await docker(words);
  if (answer.code !== 0) throw new Error(`${dockerfile} does not build:\n${answer.stderr}`);
}

/** Our own image, on the base that needs no network. */
export const ours = (): Promise<string> =>
  once('hermes', async () =>
    build('hermes', 'container/Dockerfile', { BASE: await base(), PROGRAM: 'built' }),
  );

const double = () =>
  once('hermes-overlay-double', async () =>
    build('hermes-overlay-double', 'test/container/overlay-double/Dockerfile', { BASE: await base() }),
  );

/** The image on s6-overlay, whose boot is a double's. */
export const overlay = (): Promise<string> =>
  once('hermes-overlay', async () =>
    build('hermes-overlay', 'container/s6-overlay/Dockerfile', {
      PROGRAM: await ours(),
      OVERLAY: await double(),
    }),
  );
