import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// A small driver of Debian's Firefox by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/): as much of it as tests need.

const PATHS = ['/usr/bin/firefox-esr', '/usr/bin/firefox']

/** Where the system's Firefox is; undefined where there is none. */
export const firefoxPath = (): string | undefined => PATHS.find((path) => existsSync(path))

/** One page of Firefox, alone in a profile of its own. */
export interface FirefoxPage extends AsyncDisposable {
  goTo(address: string): Promise<void>
  /** Value of an expression in the page, a promise awaited; strings, numbers, booleans and null alone. */
  evaluate(expression: string): Promise<string | number | boolean | null>
  /** Presses keys one after another, by name ("ArrowLeft") or letter, where the focus is. */
  press(...keys: readonly string[]): Promise<void>
  /** Sets the files, or the folder, of the one input that a selector finds. */
  setFiles(selector: string, paths: readonly string[]): Promise<void>
  /** Messages of the console and errors so far. */
  readonly said: readonly string[]
  /** Addresses asked for so far. */
  readonly asked: readonly string[]
  /** Process id of the browser, whose children do the work. */
  readonly pid: number
}

interface Answer {
  readonly type: string
  readonly id?: number
  readonly result?: Record<string, unknown>
  readonly method?: string
  readonly params?: Record<string, unknown>
  readonly error?: string
  readonly message?: string
}

export interface FirefoxOptions {
  /** Names that lead to this machine. */
  readonly localNames?: readonly string[]
  /** Whether certificates of unknown authorities are taken. */
  readonly anyAuthority?: boolean
}

/** Starts Firefox without a window. Throws where there is none, or it does not answer within `timeoutMs`. */
export async function openFirefox(
  timeoutMs = 120_000,
  { localNames = [], anyAuthority = false }: FirefoxOptions = {},
): Promise<FirefoxPage> {
  const path = firefoxPath()
  if (path === undefined) throw new Error('Cannot open a browser: no Firefox at /usr/bin')
  const profile = mkdtempSync(join(tmpdir(), 'kuager-firefox-'))
  const preference = `user_pref("network.dns.localDomains", ${JSON.stringify(localNames.join(','))});\n`
  if (localNames.length > 0) writeFileSync(join(profile, 'user.js'), preference)
  const child = spawn(path, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MOZ_DISABLE_AUTO_SAFE_MODE: '1', HOME: profile },
  })
  try {
    const session = await connect(await addressOf(child, timeoutMs))
    await session.ask('session.new', { capabilities: { alwaysMatch: { acceptInsecureCerts: anyAuthority } } })
    await session.ask('session.subscribe', { events: ['log.entryAdded', 'network.beforeRequestSent'] })
    // A window of its own has the focus; that which Firefox begins with, without a screen, takes no Enter on a button.
    const context = field(await session.ask('browsingContext.create', { type: 'window' }), 'context')
    return pageOf(session, { context, child, profile })
  } catch (error) {
    await end(child, profile)
    throw error
  }
}

interface Session {
  ask(method: string, params: object): Promise<Record<string, unknown>>
  readonly said: string[]
  readonly asked: string[]
  close(): void
}

function addressOf(child: ChildProcess, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('Cannot open Firefox: it does not say where it listens')), timeoutMs)
    child.once('error', reject)
    child.once('exit', () => reject(new Error('Cannot open Firefox: it ended')))
    if (child.stderr === null) return reject(new Error('Cannot open Firefox: nothing to read'))
    createInterface(child.stderr).on('line', (line) => {
      const address = /^WebDriver BiDi listening on (ws:\S+)/.exec(line)?.[1]
      if (address === undefined) return
      clearTimeout(late)
      resolve(address)
    })
  })
}

async function connect(address: string): Promise<Session> {
  const socket = new WebSocket(`${address}/session`)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', () => reject(new Error('Cannot talk to Firefox: the socket was refused')), {
      once: true,
    })
  })
  const waiting = new Map<number, (answer: Answer) => void>()
  const [said, asked]: [string[], string[]] = [[], []]
  let next = 0
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer)
    else if (answer.method === 'log.entryAdded') said.push(String(answer.params?.['text']))
    else if (answer.method === 'network.beforeRequestSent') asked.push(field(answer.params?.['request'], 'url'))
  })
  socket.addEventListener('close', () => {
    for (const answer of waiting.values()) answer({ type: 'error', error: 'closed', message: 'the socket was closed' })
  })
  return {
    said,
    asked,
    close: () => socket.close(),
    ask: (method, params) =>
      new Promise((resolve, reject) => {
        const id = next++
        waiting.set(id, ({ result, error, message }) => {
          waiting.delete(id)
          if (result === undefined) reject(new Error(`Firefox refused ${method}: ${error ?? ''} ${message ?? ''}`))
          else resolve(result)
        })
        socket.send(JSON.stringify({ id, method, params }))
      }),
  }
}

function pageOf(
  session: Session,
  { context, child, profile }: { readonly context: string; readonly child: ChildProcess; readonly profile: string },
): FirefoxPage {
  const evaluate = (expression: string): Promise<Record<string, unknown>> =>
    session.ask('script.evaluate', { expression, target: { context }, awaitPromise: true })
  const found = async (expression: string): Promise<Record<string, unknown>> => {
    const answer = await evaluate(expression)
    if (answer['type'] === 'success') return answer['result'] as Record<string, unknown>
    throw new Error(`Firefox threw: ${field(answer['exceptionDetails'], 'text')}`)
  }
  return {
    said: session.said,
    asked: session.asked,
    pid: child.pid ?? -1,
    goTo: async (url) => {
      await session.ask('browsingContext.navigate', { context, url, wait: 'complete' })
    },
    evaluate: async (expression) => ((await found(expression))['value'] ?? null) as string | number | boolean | null,
    press: async (...keys) => {
      const actions = keys.flatMap((key) => {
        const value = KEYS[key] ?? key
        return [
          { type: 'keyDown', value },
          { type: 'keyUp', value },
        ]
      })
      await session.ask('input.performActions', { context, actions: [{ type: 'key', id: 'keys', actions }] })
    },
    setFiles: async (selector, files) => {
      const element = await found(`document.querySelector(${JSON.stringify(selector)})`)
      await session.ask('input.setFiles', { context, element: { sharedId: element['sharedId'] }, files })
    },
    [Symbol.asyncDispose]: async () => {
      session.close()
      await end(child, profile)
    },
  }
}

/** Keys without a letter, as WebDriver writes them (https://w3c.github.io/webdriver/#keyboard-actions). */
const KEYS: Readonly<Record<string, string>> = {
  Tab: '\uE004',
  Enter: '\uE007',
  End: '\uE010',
  Home: '\uE011',
  ArrowLeft: '\uE012',
  ArrowUp: '\uE013',
  ArrowRight: '\uE014',
  ArrowDown: '\uE015',
}

const field = (value: unknown, name: string): string =>
  String(typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined)

async function end(child: ChildProcess, profile: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await gone
    clearTimeout(late)
  }
  rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
}
