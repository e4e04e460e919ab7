import { parseJoinLink, type JoinLink } from '../../core/model/people/join-link.ts'
import { qrSvg } from '../../core/text/qr.ts'

// The page on joining. It shows the link that is in the fragment of the address, and the reader's system first. It asks
// no server, stores nothing, and writes what it was given as text only.

const place = (id: string): HTMLElement | null => document.getElementById(id)
const show = (id: string, isShown: boolean): void => void place(id)?.toggleAttribute('hidden', !isShown)

/** The link of this site as its server wrote it, before another one is shown. */
const own = parseJoinLink(place('join-link')?.textContent ?? '')

/**
 * Whether a link names the key of this site and no server but its own: anyone can write a link to this page that sends
 * measurements elsewhere. A site without a link of its own says nothing against one.
 */
function isOfSite({ key, collectors, controls }: JoinLink): boolean {
  if (own.kind === 'wrong') return true
  const servers = [...own.link.collectors, ...own.link.controls]
  return key === own.link.key && [...collectors, ...controls].every((one) => servers.includes(one))
}

function showLink(): void {
  const given = location.hash.slice(1)
  if (!/^\d+\//.test(given)) return
  const read = parseJoinLink(`${location.origin}/join#${given}`)
  const isRight = read.kind === 'link' && isOfSite(read.link)
  show('wrong-link', !isRight)
  show('no-link', false)
  show('join', isRight)
  show('invited', isRight && read.link.invitation !== undefined)
  if (!isRight) return
  const text = `${location.origin}/join#${given}`
  for (const id of ['join-link', 'join-typed']) place(id)?.replaceChildren(text)
  const qr = place('qr')
  const drawn = new DOMParser().parseFromString(qrSvg(text, qr?.dataset['label'] ?? ''), 'image/svg+xml')
  qr?.replaceChildren(document.importNode(drawn.documentElement, true))
}

/** The system of this device, as programs of a release are sorted; `phone` has none. */
function systemHere(): 'windows' | 'linux' | 'macos' | 'phone' | undefined {
  const { userAgent, maxTouchPoints } = navigator
  if (/Android|iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)) return 'phone'
  if (/Windows/.test(userAgent)) return 'windows'
  if (/Macintosh|Mac OS X/.test(userAgent)) return 'macos'
  return /Linux|X11/.test(userAgent) ? 'linux' : undefined
}

function showSystem(): void {
  const here = systemHere()
  if (here === undefined) return
  if (here === 'phone') {
    const phone = place('phone')?.closest('section') ?? undefined
    if (phone !== undefined) place('get')?.closest('section')?.before(phone)
    return
  }
  const systems = place('systems')
  const own = systems?.querySelector(`[data-system="${here}"]`) ?? undefined
  show('no-system', own === undefined)
  if (own !== undefined) systems?.prepend(own)
}

showSystem()
showLink()
addEventListener('hashchange', showLink)
