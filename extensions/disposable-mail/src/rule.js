// The rule, apart from what asks for its facts, so that it can be tested without a server.

/**
 * The domain of that list which the address belongs to, or is below of; undefined if there is none.
 *
 * @param {string} email An address, in lower case.
 * @param {string} domains Domains, separated by commas.
 */
export function blockedDomain(email, domains) {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase().replace(/\.$/, '');
  return domains
    .split(',')
    .map((blocked) => blocked.trim().toLowerCase())
    .find((blocked) => blocked !== '' && (domain === blocked || domain.endsWith(`.${blocked}`)));
}
