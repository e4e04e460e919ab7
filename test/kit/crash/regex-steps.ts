/**
 * Steps of a regular expression on a text, as an engine that goes back takes them (ECMA-262 §22.2.2): one for each
 * character that is compared and each place it goes back to. V8 is such an engine; it knows short cuts and so takes fewer.
 * Its own counter (`--regexp-backtracks-before-fallback`) leaves out what goes back inside a simple loop, such as `\s+$`.
 */
type Node =
  | { readonly kind: 'char'; readonly is: (char: string) => boolean }
  | { readonly kind: 'edge'; readonly test: RegExp }
  | { readonly kind: 'look'; readonly body: Node; readonly behind: boolean; readonly wanted: boolean }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'either'; readonly nodes: readonly Node[] }
  | {
      readonly kind: 'repeat'
      readonly body: Node
      readonly least: number
      readonly most: number
      readonly lazy: boolean
    }

/** A reference to a group: it is passed over, since the only one of ours is of a quotation mark. */
const REFERENCE = /^\\(?:[1-9]|k<\w+>)/
const QUANTIFIER = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/
/** One character: an escape, a class, or itself. */
const ESCAPE = /^\\(?:u\{[0-9a-f]+\}|u[0-9a-f]{4}|x[0-9a-f]{2}|[pP]\{[^}]*\}|c[A-Z]|[^])/i

class Reader {
  at = 0
  readonly source: string
  readonly flags: string

  constructor(source: string, flags: string) {
    this.source = source
    this.flags = flags
  }

  either(): Node {
    const nodes = [this.sequence()]
    while (this.take('|')) nodes.push(this.sequence())
    return nodes.length === 1 ? nodes[0]! : { kind: 'either', nodes } // one at least
  }

  take(word: string): boolean {
    if (!this.source.startsWith(word, this.at)) return false
    this.at += word.length
    return true
  }

  sequence(): Node {
    const nodes: Node[] = []
    while (this.at < this.source.length && this.source[this.at] !== '|' && this.source[this.at] !== ')')
      nodes.push(this.quantified(this.atom()))
    return { kind: 'sequence', nodes }
  }

  quantified(body: Node): Node {
    const found = QUANTIFIER.exec(this.source.slice(this.at))
    if (found === null) return body
    const [text, least, comma, most] = found
    this.at += text.length
    const lazy = text.length > 1 && text.endsWith('?')
    if (least === undefined)
      return {
        kind: 'repeat',
        body,
        lazy,
        least: text.startsWith('+') ? 1 : 0,
        most: text.startsWith('?') ? 1 : Infinity,
      }
    const upTo = comma === undefined ? Number(least) : most === '' ? Infinity : Number(most)
    return { kind: 'repeat', body, lazy, least: Number(least), most: upTo }
  }

  atom(): Node {
    for (const [word, behind, wanted] of LOOKS)
      if (this.take(word)) return { kind: 'look', behind, wanted, body: this.closed() }
    if (this.take('(?:')) return this.closed()
    if (this.source[this.at] === '(') {
      this.at += /^\((?:\?<\w+>)?/.exec(this.source.slice(this.at))?.[0].length ?? 1
      return this.closed()
    }
    for (const word of ['^', '$', '\\b', '\\B'])
      if (this.take(word)) return { kind: 'edge', test: new RegExp(word, `y${this.flags}`) }
    const rest = this.source.slice(this.at)
    const reference = REFERENCE.exec(rest)?.[0]
    if (reference !== undefined) {
      this.at += reference.length
      return { kind: 'sequence', nodes: [] }
    }
    const text = rest.startsWith('[')
      ? classOf(rest, this.flags.includes('v'))
      : (ESCAPE.exec(rest)?.[0] ?? [...rest][0] ?? '')
    this.at += text.length
    const pattern = new RegExp(`^(?:${text})$`, this.flags)
    const known = new Map<string, boolean>()
    const is = (char: string): boolean => {
      const held = known.get(char) ?? EXEC.call(pattern, char) !== null
      known.set(char, held)
      return held
    }
    return { kind: 'char', is }
  }

  closed(): Node {
    const node = this.either()
    if (!this.take(')')) throw new Error(`an open group in /${this.source}/`)
    return node
  }
}

const { exec: EXEC } = RegExp.prototype
const LOOKS = [
  ['(?=', false, true],
  ['(?!', false, false],
  ['(?<=', true, true],
  ['(?<!', true, false],
] as const

/** A class with what it is made of; only under the flag v is there a class inside. */
function classOf(rest: string, nested: boolean): string {
  let depth = 0
  for (let at = 0; at < rest.length; at++) {
    if (rest[at] === '\\') at++
    else if (rest[at] === '[' && (nested || depth === 0)) depth++
    else if (rest[at] === ']' && --depth === 0) return rest.slice(0, at + 1)
  }
  throw new Error(`an open class in ${rest}`)
}

const PARSED = new Map<string, Node>()

function parse({ source, flags }: RegExp): Node {
  const kept = flags.replace(/[gyd]/g, '')
  const key = `${kept}/${source}`
  const known = PARSED.get(key)
  if (known !== undefined) return known
  const node = new Reader(source, kept).either()
  PARSED.set(key, node)
  return node
}

class Walk {
  steps = 0
  readonly text: string
  readonly most: number

  constructor(text: string, most: number) {
    this.text = text
    this.most = most
  }

  /** Goes on with `next` wherever the node ends; `back` is whether it is read from right to left. */
  match(node: Node, at: number, back: boolean, next: (at: number) => boolean): boolean {
    if (++this.steps > this.most) return true
    switch (node.kind) {
      case 'char': {
        const char = this.text[back ? at - 1 : at]
        return char !== undefined && node.is(char) && next(back ? at - 1 : at + 1)
      }
      case 'edge':
        node.test.lastIndex = at
        return EXEC.call(node.test, this.text) !== null && next(at)
      case 'look':
        return this.match(node.body, at, node.behind, () => true) === node.wanted && next(at)
      case 'either':
        return node.nodes.some((one) => this.match(one, at, back, next))
      case 'sequence':
        return this.sequence(back ? node.nodes.toReversed() : node.nodes, 0, at, back, next)
      case 'repeat':
        return node.body.kind === 'char'
          ? this.run(node, node.body, at, back, next)
          : this.repeat(node, 0, at, back, next)
    }
  }

  sequence(nodes: readonly Node[], index: number, at: number, back: boolean, next: (at: number) => boolean): boolean {
    const node = nodes[index]
    if (node === undefined) return next(at)
    return this.match(node, at, back, (end) => this.sequence(nodes, index + 1, end, back, next))
  }

  repeat(
    node: Node & { kind: 'repeat' },
    done: number,
    at: number,
    back: boolean,
    next: (at: number) => boolean,
  ): boolean {
    const more = (): boolean =>
      done < node.most &&
      this.match(
        node.body,
        at,
        back,
        (end) => (end !== at || done < node.least) && this.repeat(node, done + 1, end, back, next),
      )
    if (done < node.least) return more()
    return node.lazy ? next(at) || more() : more() || next(at)
  }

  /** A loop over one character, without a call for each. */
  run(
    node: Node & { kind: 'repeat' },
    body: Node & { kind: 'char' },
    at: number,
    back: boolean,
    next: (at: number) => boolean,
  ): boolean {
    const step = back ? -1 : 1
    const isNext = (count: number): boolean => {
      this.steps++
      const char = this.text[back ? at - count - 1 : at + count]
      return char !== undefined && body.is(char)
    }
    let count = 0
    while (count < (node.lazy ? node.least : node.most)) {
      if (!isNext(count)) break
      count++
    }
    if (count < node.least) return false
    if (!node.lazy) {
      for (; count >= node.least; count--) if (++this.steps > this.most || next(at + step * count)) return true
      return false
    }
    for (;;) {
      if (++this.steps > this.most || next(at + step * count)) return true
      if (count >= node.most || !isNext(count)) return false
      count++
    }
  }
}

/** Steps of the search for a pattern from a place of a text until it is found, or nowhere; at most `most`. */
export function regexSteps(pattern: RegExp, text: string, from: number, most: number): number {
  const node = parse(pattern)
  const walk = new Walk(text, most)
  const end = pattern.sticky ? from : text.length
  for (let at = from; at <= end; at++) if (walk.match(node, at, false, () => true)) break
  return Math.min(most, walk.steps)
}
