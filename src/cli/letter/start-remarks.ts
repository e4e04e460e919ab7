/** What a letter service was started with. */
interface StartedWith {
  readonly isPublic: boolean
  readonly trustedProxies: readonly string[]
  /** Files with ranges of addresses. */
  readonly networks: readonly string[]
  readonly takesMail: boolean
}

/** What the person who starts a service should know of what it lacks, a sentence each. */
export function startRemarks({ isPublic, trustedProxies, networks, takesMail }: StartedWith): readonly string[] {
  return [
    ...(takesMail ? [] : ['There is no mail.json in the folder of secrets: no one can confirm by a mailbox']),
    ...(isPublic && trustedProxies.length === 0
      ? [
          'No proxy is trusted (--trusted-proxy): all who come through one count as one address, and most are held as a flood',
        ]
      : []),
    ...(isPublic && networks.length === 0
      ? [
          'There is no table of addresses (--networks): an address of a mobile operator counts as a household, and many behind it are held',
        ]
      : []),
  ]
}
