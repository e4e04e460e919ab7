import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import { describe, it } from 'node:test'
import { millis } from '../../core/model/units.ts'
import { systemClock, type Clock } from '../../runtime/clock.ts'
import { classifyError } from '../../net/classify-error.ts'
import { ControlAbroad, postJson } from './control-abroad.ts'

class Helper implements AsyncDisposable {
  readonly #server: Server
  asked = 0

  constructor(listener: RequestListener) {
    this.#server = createServer((request, response) => {
      this.asked++
      listener(request, response)
    })
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}

const open = (
  urls: readonly string[],
  signal = new AbortController().signal,
  clock: Clock = systemClock,
): ControlAbroad => new ControlAbroad({ urls, clock, signal, extraRoots: [], onBytes: () => undefined })

describe('ControlAbroad', () => {
  it('asks the next helper where one does not answer, and leaves a failing one alone after two failures', async () => {
    await using broken = new Helper((_, response) => response.writeHead(500).end('{}'))
    await using good = new Helper((_, response) => response.end('{"dns":{},"x_client":{"asn":"AS64500"}}'))
    const urls = [await broken.open(), await good.open()]
    using control = open(urls)
    for (let nth = 0; nth < 4; nth++) assert.equal((await control.ask({}))?.kind, 'answer')
    assert.deepEqual([broken.asked, good.asked], [2, 4])
    assert.deepEqual(control.client, { asn: 'AS64500' })
  })

  it('says why none answered, in the words of failures', async () => {
    await using garbage = new Helper((_, response) => response.end('<html>'))
    const closed = new Helper(() => undefined)
    const url = await closed.open()
    await closed[Symbol.asyncDispose]()
    using one = open([await garbage.open()])
    using other = open([url])
    const [first, second] = [await one.ask({}), await other.ask({})]
    assert.deepEqual([first?.kind, second?.kind], ['none', 'none'])
    assert.equal(second?.kind === 'none' ? second.failure : '', 'connection_refused')
  })

  it('says of a helper that is silent that our limit passed', async () => {
    await using silent = new Helper(() => undefined)
    const options = { signal: new AbortController().signal, limit: millis(50), extraRoots: [] }
    const error: unknown = await postJson(await silent.open(), {}, options).catch((reason: unknown) => reason)
    assert.equal(classifyError(error, 'answer').code, 'generic_timeout_error')
  })

  it('asks a busy helper again after the wait that it names', async () => {
    let busy = true
    await using helper = new Helper((_, response) => {
      if (busy) response.writeHead(429, { 'retry-after': '0' }).end('{}')
      else response.end('{}')
      busy = false
    })
    using control = open([await helper.open()])
    assert.equal((await control.ask({}))?.kind, 'answer')
    assert.equal(helper.asked, 2)
  })

  it('refuses an answer beyond its bytes', async () => {
    await using endless = new Helper((_, response) => response.end(`"${'x'.repeat(1_100_000)}"`))
    using control = open([await endless.open()])
    assert.equal((await control.ask({}))?.kind, 'none')
  })

  it('does not send a question whose time has passed in the queue', async () => {
    await using helper = new Helper((_, response) => response.end('{}'))
    let reads = 0
    // Every look at this clock is 17.5 seconds after the last.
    const hurried: Clock = { now: () => systemClock.now(), monotonic: () => millis(17_500 * reads++) }
    using control = open([await helper.open()], new AbortController().signal, hurried)
    await control.ask({})
    assert.equal(helper.asked, 0)
  })

  it('lets the next question go where the first ones wait for silence', async () => {
    let asked = 0
    await using helper = new Helper((_, response) => (++asked > 8 ? response.end('{}') : undefined))
    const controller = new AbortController()
    using control = open([await helper.open()], controller.signal)
    const silent = Promise.allSettled(Array.from({ length: 8 }, () => control.ask({})))
    assert.equal((await control.ask({}))?.kind, 'answer')
    controller.abort(new Error('the run ends'))
    await silent
  })

  it('rejects with the reason of a run that ends, and gives nothing where no helper is configured', async () => {
    const controller = new AbortController()
    const ended = new Error('the run ends')
    await using silent = new Helper(() => controller.abort(ended))
    using control = open([await silent.open()], controller.signal)
    await assert.rejects(control.ask({}), ended)
    using none = open([])
    assert.equal(await none.ask({}), undefined)
  })
})
