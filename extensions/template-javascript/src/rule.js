// The decision. It imports nothing from the server, so `node --test` can run it.

export function greeting(setting, subject) {
  return `${setting ?? 'Seen:'} ${subject.tag}`;
}
