/** Top domains under whose law a mailbox can be read, in ASCII: .kz, .қаз, .ru, .рф, .su. */
const WITHIN_REACH = /\.(?:kz|xn--80ao21a|ru|xn--p1ai|su)$/
/** Domains elsewhere of the same companies. */
const SAME_COMPANIES: ReadonlySet<string> = new Set(['yandex.com', 'yandex.by', 'yandex.ua', 'vk.com'])

/**
 * Whether what comes to mailboxes of a domain (ASCII, small letters) may be read by those whom a letter is about (threat
 * model, ".kz and .ru mailboxes"): the way without a mailbox is offered first then.
 */
export const isReadWithinReach = (domain: string): boolean => WITHIN_REACH.test(domain) || SAME_COMPANIES.has(domain)
