import { nameInSegment } from './client-hello.ts'
import { forgeAnswer, questionOf } from './forge-dns.ts'
import { answerTcp, answerUdp, flowOf, readPacket, type Packet } from './packet.ts'
import { forgeClose, openClientInitial } from './quic-initial.ts'
import type { CensorRule } from './rules.ts'

/** What becomes of a packet: packets sent in answer, and whether it goes on its way, at once or later. */
export interface Fate {
  readonly answers: readonly Buffer[]
  readonly pass: 'now' | 'never' | { readonly afterMs: number }
}

const PASS: Fate = { answers: [], pass: 'now' }
const drop = (...answers: readonly Buffer[]): Fate => ({ answers, pass: 'never' })
/** Names that clients of tor make up for their handshakes: `crypto_random_hostname(4, 25, "www.", ".com")`. */
const TOR_NAME = /^www\.[a-z2-7]{4,25}\.com$/
/** Whoever knows tor by made-up names spares those that exist; of such a form it is this one that is seen here. */
const EXISTING = new Set(['www.example.com'])
const isMadeUp = (name: string): boolean => TOR_NAME.test(name) && !EXISTING.has(name)

/** Most flows remembered; then all are forgotten, so that a flood costs no memory. */
const MOST_FLOWS = 10_000

const isBelow = (host: string, names: readonly string[]): boolean =>
  names.some((name) => host === name || host.endsWith(`.${name}`))

/** Whether a packet goes to one of these addresses, where only they are meant. */
const isAsked = ({ target }: Packet, only: readonly string[] | undefined): boolean =>
  only === undefined || only.includes(target.join('.'))

const NOTICE = 'This address is not served.'
const page = (status: string, headers: string, body: string): Buffer =>
  Buffer.from(
    `HTTP/1.1 ${status}\r\nContent-Type: text/html\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
const BLOCK_PAGE = page('403 Forbidden', '', `<html><head><title>Notice</title></head><body>${NOTICE}</body></html>`)
const REDIRECT = page('302 Found', 'Location: http://pages.access-one-lab.kz/notice\r\n', '')

const hostIn = (payload: Buffer): string | undefined =>
  /\r\nHost:[ \t]*([^\r\n:]+)/i.exec(payload.toString('latin1', 0, Math.min(payload.length, 2048)))?.[1]?.toLowerCase()

/** A censor that reads packets: flows it has ended stay ended. */
export class PacketCensor {
  readonly #rules: readonly CensorRule[]
  readonly #ended = new Set<string>()

  constructor(rules: readonly CensorRule[]) {
    this.#rules = rules
  }

  /** Decides over one packet of the subscriber. */
  decide(bytes: Buffer): Fate {
    const packet = readPacket(bytes)
    if (packet === undefined) return PASS
    if (this.#ended.has(flowOf(packet))) return drop()
    if (packet.payload.length === 0) return PASS
    if (packet.protocol === 'udp') return packet.targetPort === 53 ? this.#dns(packet) : this.#quic(packet)
    return packet.targetPort === 80 ? this.#http(packet) : this.#hello(packet)
  }

  #end(packet: Packet): void {
    if (this.#ended.size >= MOST_FLOWS) this.#ended.clear()
    this.#ended.add(flowOf(packet))
  }

  #dns(packet: Packet): Fate {
    const question = questionOf(packet.payload)
    if (question === undefined) return PASS
    for (const rule of this.#rules)
      if (rule.kind === 'dns-injection' && isBelow(question.name, rule.names) && isAsked(packet, rule.only))
        return { answers: [answerUdp(packet, forgeAnswer(packet.payload, question.end, rule.answer))], pass: 'now' }
    return PASS
  }

  #quic(packet: Packet): Fate {
    const initial = openClientInitial(packet.payload)
    if (initial?.name === undefined) return PASS
    for (const rule of this.#rules)
      if (rule.kind === 'quic' && isBelow(initial.name, rule.names)) {
        this.#end(packet)
        return rule.action === 'drop' ? drop() : drop(answerUdp(packet, forgeClose(initial)))
      }
    return PASS
  }

  #http(packet: Packet): Fate {
    const host = hostIn(packet.payload)
    if (host === undefined) return PASS
    for (const rule of this.#rules)
      if (rule.kind === 'http' && isBelow(host, rule.names)) {
        this.#end(packet)
        return drop(answerTcp(packet, { end: 'fin', data: rule.action === 'page' ? BLOCK_PAGE : REDIRECT }))
      }
    return PASS
  }

  #hello(packet: Packet): Fate {
    const name = nameInSegment(packet.payload)
    if (name === undefined) return PASS
    for (const rule of this.#rules) {
      if (rule.kind === 'hello' && isBelow(name, rule.names) && (rule.action === 'close' || rule.action === 'notice')) {
        this.#end(packet)
        return drop(answerTcp(packet, { end: 'fin', ...(rule.action === 'notice' ? { data: REDIRECT } : {}) }))
      }
      if (rule.kind === 'slow-handshake' && isBelow(name, rule.names))
        return { answers: [], pass: { afterMs: rule.ms } }
      if (rule.kind === 'tunnel' && rule.protocol === 'tor' && packet.targetPort !== 443 && isMadeUp(name)) {
        this.#end(packet)
        return rule.action === 'drop' ? drop() : drop(answerTcp(packet, { end: 'rst' }))
      }
    }
    return PASS
  }
}
