import assert from 'node:assert/strict';
import { originOf } from '../../../src/lib/boot/origin.ts';

const svscan = '/command/s6-svscan -d4 -- /run/service';
const stage2 =
  '/bin/sh -e /run/s6/basedir/scripts/rc.init top /opt/hermes/docker/main-wrapper.sh sleep infinity';

describe('the origin of a command', () => {
  const table: readonly [what: string, origin: string, ancestors: readonly string[]][] = [
    ['a script of cont-init', 'cont-init', ['sh /etc/cont-init.d/50-mine', stage2, svscan]],
    [
      'a one-shot of s6-rc, which is how s6-overlay runs cont-init',
      'cont-init',
      ['sh /run/mine', 's6-ipcserverd', 's6-supervise s6rc-oneshot-runner', svscan],
    ],
    ['the entry of our image', 'cont-init', ['/bin/sh /opt/hermes/container/init']],
    ['the command behind our image', 'container command', ['sh /opt/hermes/container/command a b', svscan]],
    ['the command behind s6-overlay', 'container command', ['sh -c x', stage2, svscan]],
    ['a gateway', 'supervised', ['node agent', 's6-supervise gateway-coder', svscan]],
    ['a gateway in a tree of its own', 'supervised', ['sh', '/usr/bin/s6-supervise gateway-a', 's6-svscan']],
    ['a terminal', 'shell', ['bash', 'sshd', '/sbin/init']],
    ['an orphan', 'shell', [svscan]],
    ['a process that is hidden', 'shell', ['', '']],
  ];
  for (const [what, origin, ancestors] of table)
    it(`is "${origin}" below ${what}`, () => {
      const eldestFirst = ancestors.toReversed();
      const line = eldestFirst.map((argv, index) => ({ pid: index + 1, argv: argv.split(' ') })).toReversed();
      assert.equal(originOf(line), origin);
    });
});
