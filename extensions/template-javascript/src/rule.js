// What decides: no imports of the server's, so that `node --test` can run it.

export function greeting(setting, subject) {
  return `${setting ?? 'Seen:'} ${subject.tag}`;
}
