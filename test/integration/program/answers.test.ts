import assert from 'node:assert/strict';
import { parseAnswer } from '../../helpers/answer.ts';
import { runHermes } from '../../helpers/cli.ts';
import { freePort } from '../../helpers/free-port.ts';
import { tempHome, type TempHome } from '../../helpers/home.ts';
import { startTree, type SupervisionTree } from '../../helpers/tree.ts';

describe('every answer under --json fits its schema', () => {
  let home: TempHome;
  let tree: SupervisionTree;
  before(async () => {
    home = tempHome({ 'SOUL.md': '' });
    tree = await startTree({ env: { HERMES_HOME: home.path } });
  });
  after(async () => {
    await tree.stop();
    await home.remove();
  });

  const answers = async (words: string, code: number) => {
    const run = await runHermes([...words.split(' '), '--json'], { home: home.path, scandir: tree.scandir });
    const answer = await parseAnswer(run.stdout);
    assert.equal(run.code, code, `${words}: ${run.stdout}${run.stderr}`);
    return answer['schema'];
  };

  it('through the life of a gateway', async () => {
    const port = await freePort();
    const life: readonly [words: string, code: number][] = [
      [`profile create coder --port ${port} --start`, 0],
      ['profile create coder', 1],
      ['profile list', 0],
      ['gateway status coder', 0],
      ['gateway health coder', 0],
      ['gateway start coder', 0],
      ['gateway restart coder', 0],
      ['gateway install -p coder', 0],
      ['gateway uninstall -p coder', 0],
      ['gateway stop coder', 0],
      ['gateway status coder', 3],
      ['gateway start typo', 4],
      ['gateway status coder --all', 2],
      ['boot reconcile --dry-run', 0],
      ['profile delete coder', 2],
      ['profile delete coder --yes', 0],
    ];
    for (const [words, code] of life) {
      const own = `hermes.${words.split(' ').slice(0, 2).join('.')}/1`;
      assert.ok([own, 'hermes.error/1'].includes(String(await answers(words, code))), words);
    }
  });
});
