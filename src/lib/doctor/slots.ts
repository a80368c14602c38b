import { constants, lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { appendJournal } from '../gateway/journal.ts';
import { unregister } from '../gateway/registry.ts';
import { desiredState, readState } from '../gateway/state.ts';
import { profileHome } from '../profile/home.ts';
import { type ProfileName, profileOfService } from '../profile/name.ts';
import { soulPath } from '../profile/paths.ts';
import { chmodMend, fully, may, rightsOf } from './access.ts';
import { type Examined, type Finding, finding, fixByDoctor } from './finding.ts';
import type { Patient, ProfilePatient } from './patient.ts';

const graceMs = 8_000;

/** Whether every profile has a slot, every slot a supervisor that takes orders, and no slot is without a profile. */
export function checkSlots(patient: Patient): Examined {
  const { manager, profiles } = patient;
  if (!patient.reachable) return { evidence: 'not looked at: no scandir', findings: [] };
  const services = manager.list().flatMap((service) => profileOfService(service) ?? []);
  const findings = [
    ...profiles.flatMap((profile) => ofProfile(patient, profile)),
    ...services.flatMap((name) => orphan(patient, name)),
  ];
  return { evidence: `slots: ${services.length}, profiles: ${profiles.length}`, findings };
}

function ofProfile(patient: Patient, { name, service, home, hasSlot, sight }: ProfilePatient): Finding[] {
  const directory = patient.manager.directory(service);
  if (!hasSlot) {
    const wanted = desiredState(readState(home)) === 'running';
    const what = `${name} has no slot${wanted ? ', and is wanted up' : ''}`;
    const fix = wanted ? `hermes gateway start ${name}` : 'hermes boot reconcile';
    const level = wanted ? 'problem' : 'warning';
    return [finding({ level, profile: name, what, evidence: `${directory} does not exist`, fix })];
  }
  const denied = uncontrollable(patient, name, directory);
  if (denied.length > 0) return denied;
  // Without an s6-svscan that is what there is to tell.
  if (sight.status !== null || !patient.listening) return [];
  const evidence = sight.error?.message ?? `s6-svstat finds no supervisor for ${directory}`;
  const fix = 'hermes boot reconcile';
  return [finding({ profile: name, what: `nobody supervises the slot of ${name}`, evidence, fix })];
}

/** What its owner needs to ask a supervisor, to wait for it, and to command it. */
function uncontrollable({ user }: Patient, name: ProfileName, directory: string): Finding[] {
  const { R_OK, W_OK, X_OK } = constants;
  const rights = ['', 'log/'].flatMap((part): [string, number][] => [
    [join(directory, part, 'supervise'), R_OK | X_OK],
    [join(directory, part, 'supervise', 'control'), W_OK],
    [join(directory, part, 'event'), fully.directory],
  ]);
  const denied = rights.filter(([path, needed]) => isThere(path) && !may(user, path, needed));
  if (denied.length === 0) return [];
  const paths = denied.map(([path]) => path);
  const mine = paths.every((path) => statSync(path).uid === user.uid);
  const modes = new Map(denied.map(([path, needed]) => [path, statSync(path).mode | (needed << 6)]));
  const parts = ['supervise', 'event', 'log/supervise', 'log/event'].map((part) => join(directory, part));
  return [
    finding({
      profile: name,
      what: `${user.name} cannot command the supervisor of ${name}`,
      evidence: paths.map(rightsOf).join(', '),
      fix: mine ? fixByDoctor : `chown -R ${user.uid}:${user.gid} ${parts.join(' ')}`,
      mend: mine ? chmodMend(modes) : null,
    }),
  ];
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** A slot whose profile is gone; one that cannot be looked for is not. */
function orphan({ site, manager, profiles, gap }: Patient, name: ProfileName): Finding[] {
  if (gap !== null || profiles.some((profile) => profile.name === name)) return [];
  const soul = soulPath(profileHome(site.root, name));
  if (lstatSync(soul, { throwIfNoEntry: false }) !== undefined) return [];
  const mend = async (): Promise<void> => {
    const begun = performance.now();
    await unregister(site, name, { graceMs });
    const seconds = Math.round(performance.now() - begun) / 1000;
    const reason = 'doctor --fix: there is no such profile';
    appendJournal(site, {
      profile: name,
      action: 'retire',
      reason,
      outcome: 'done',
      seconds,
      pid: null,
      error: null,
    });
  };
  return [
    finding({
      what: `there is a slot for ${name}, and no such profile`,
      evidence: `${manager.directory(`gateway-${name}`)} exists, ${soul} does not`,
      fix: fixByDoctor,
      mend,
    }),
  ];
}
