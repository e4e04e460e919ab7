import { decodeBase64 } from '../../core/evidence/base64.ts'
import { defined } from '../../core/model/defined.ts'
import { formatJoinLink, joinKey, parseJoinLink } from '../../core/model/people/join-link.ts'
import type { SiteOptions } from '../site-options.ts'
import { NO_JOIN_DESK } from './contract.ts'
import type { JoinView } from './page/join.ts'

/** What the pages for volunteers show. */
export async function joinView(options: SiteOptions): Promise<JoinView> {
  const { releases, ooniRun, repository } = options.join ?? NO_JOIN_DESK
  return {
    hasScript: options.assets.some(({ path }) => path === 'join.js'),
    ...defined({ link: publicJoinLink(options), release: await releases?.current(), ooniRun, repository }),
  }
}

/**
 * The link of this site without an invitation; undefined where the operator gave no public address, or where nothing is
 * accepted.
 */
export function publicJoinLink({
  frame,
  collector,
  join,
}: Pick<SiteOptions, 'frame' | 'collector' | 'join'>): string | undefined {
  const { origin, mirrorKey } = frame
  const bytes = decodeBase64(mirrorKey?.split('+').slice(2).join('+') ?? '')
  if (origin === undefined || collector === undefined || bytes?.length !== 33) return undefined
  const { collectors, controls } = join ?? NO_JOIN_DESK
  const link = formatJoinLink({
    observatory: origin,
    key: joinKey(bytes.slice(1)), // the first byte names the kind of key
    collectors: [origin, ...collectors],
    controls,
  })
  return parseJoinLink(link).kind === 'link' ? link : undefined
}
