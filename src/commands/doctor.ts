import type * as z from 'zod/mini';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../base-command.ts';
import { type Check, examine, mend } from '../lib/doctor/examine.ts';
import type { Finding } from '../lib/doctor/finding.ts';
import type doctorSchema from '../schemas/doctor.ts';

type Told = z.infer<typeof doctorSchema>['findings'][number];

const colours = { ok: 'green', warning: 'yellow', problem: 'red' } as const;

export default class Doctor extends BaseCommand {
  static override summary =
    'Examine container, s6 tree, volume and profiles: what is wrong, how that shows, and what ends it.';

  static override description =
    'Exit code 0 when nothing is wrong (a warning is no problem), 1 with a problem. Nothing is changed without --fix, which removes leftovers and slots without a profile and sets the modes of our own files. Variables are named, their values never shown.';

  static override examples = ['<%= config.bin %> doctor', '<%= config.bin %> doctor --fix'];

  static override flags = {
    fix: Flags.boolean({ summary: 'End what can be ended without losing anything.', default: false }),
  };

  async run(): Promise<z.infer<typeof doctorSchema>> {
    const { flags } = await this.parse(Doctor);
    const { checks, environment } = await examine(this.site(flags.profile));
    const findings: Told[] = [];
    for (const check of checks) {
      this.headline(check);
      for (const found of check.findings) findings.push(await this.tell(check, found, flags.fix));
    }
    const open = findings.filter(({ fixed }) => !fixed);
    const problems = open.filter(({ level }) => level === 'problem').length;
    this.say(summary(problems, open.length - problems, findings.length - open.length));
    const done = checks.map((check) => ({
      name: check.name,
      ok: check.findings.length === 0,
      evidence: check.evidence,
    }));
    return this.answer(
      { healthy: problems === 0, checks: done, findings, environment },
      problems === 0 ? 0 : 1,
    ) as z.infer<typeof doctorSchema>;
  }

  private headline({ name, evidence, findings }: Check): void {
    if (findings.length === 0) this.say(`${this.paint(colours.ok, 'ok'.padEnd(8))} ${name}: ${evidence}`);
  }

  private async tell(check: Check, found: Finding, fix: boolean): Promise<Told> {
    const { level, profile, what, evidence, fix: command } = found;
    this.say(`${this.paint(colours[level], level.padEnd(8))} ${check.name}: ${what}`);
    this.say(`         seen: ${evidence}`);
    const trouble = fix && found.mend !== null ? await mend(found.mend) : 'not asked for';
    const fixed = trouble === null;
    if (fixed) this.say(`         ${this.paint(colours.ok, 'fixed')}`);
    else if (command !== null) this.say(`         fix:  ${command}`);
    if (fix && found.mend !== null && !fixed) this.note(`Error: ${check.name}: not fixed: ${trouble}`);
    return { check: check.name, level, profile, what, evidence, fix: command, fixed };
  }
}

function summary(problems: number, warnings: number, fixed: number): string {
  const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
  const rest = [
    ...(warnings === 0 ? [] : [counted(warnings, 'warning')]),
    ...(fixed === 0 ? [] : [`${fixed} fixed`]),
  ];
  const found = problems === 0 ? 'Healthy: no problem found' : `${counted(problems, 'problem')} found`;
  return `${[found, ...rest].join(', ')}.`;
}
