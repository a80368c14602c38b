const snake = /(^|[_-])(token|key|secret|password)$/i;
const camel = /[a-z](Token|Key|Secret|Password)$/;

/** Whether a variable or a key of this name holds what belongs to one profile alone. */
export function isSecretName(name: string): boolean {
  return snake.test(name) || camel.test(name);
}
