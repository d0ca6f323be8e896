// The rule. It imports nothing from the server, so `node --test` can run it.

/**
 * The listed domain that contains the address, directly or in a subdomain. Undefined if no domain does.
 *
 * @param {string} email An e-mail address in lower case.
 * @param {string} domains Domains, separated by commas.
 */
export function blockedDomain(email, domains) {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase().replace(/\.$/, '');
  return domains
    .split(',')
    .map((blocked) => blocked.trim().toLowerCase())
    .find((blocked) => blocked !== '' && (domain === blocked || domain.endsWith(`.${blocked}`)));
}
