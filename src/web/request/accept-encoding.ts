/** Codings that pages are held in. */
export type Coding = 'identity' | 'gzip' | 'br'

/** Headers that were read before: browsers send a handful, and a client that sends others fills nothing. */
const MOST_REMEMBERED = 200
const remembered = new Map<string, Coding>()

/**
 * The smallest coding that a reader takes, by the header `accept-encoding` (RFC 9110 §12.5.3); plain bytes where in
 * doubt.
 */
export function chooseCoding(header: string | undefined): Coding {
  if (header === undefined) return 'identity'
  const known = remembered.get(header)
  if (known !== undefined) return known
  const chosen = parse(header)
  if (remembered.size < MOST_REMEMBERED && header.length < 200) remembered.set(header, chosen)
  return chosen
}

function parse(header: string): Coding {
  const wanted = new Map<string, number>()
  for (const part of header.split(',').slice(0, 20)) {
    const [name = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase())
    const quality = parameters.find((one) => one.startsWith('q='))?.slice(2) ?? '1'
    wanted.set(name, /^[01](?:\.\d{1,3})?$/.test(quality) ? Number(quality) : 0)
  }
  const takes = (name: string): boolean => (wanted.get(name) ?? wanted.get('*') ?? 0) > 0
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : 'identity'
}
