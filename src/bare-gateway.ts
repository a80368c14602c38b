/** Bare `gateway` as a container's command means `gateway run`; typed anywhere else it asks what there is. */
export async function orGatewayRun(words: string[]): Promise<string[]> {
  const [topic, next = '-'] = words;
  if (topic !== 'gateway' || !next.startsWith('-')) return words;
  const { belongsToCommand, commandCarrier, parseContainerCommand } =
    await import('./lib/boot/container-command.ts');
  const runs = parseContainerCommand(words).runsGateway !== null;
  return runs && belongsToCommand(commandCarrier(), process.pid)
    ? ['gateway', 'run', ...words.slice(1)]
    : words;
}
