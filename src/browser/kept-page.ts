// A service worker, registered only after a reader pressed the button of the page "On your phone". It keeps one page: the
// last answer of the first page, with its style sheet, and shows it with its age where the site cannot be reached. It
// handles no other page, so that nothing says what was read.
;(() => {
  const CACHE = 'kuager-last-answer'
  const KEPT = '/kept-page'
  const KEPT_AT = 'x-kept-at'
  const FIRST = /^\/(?:kk|ru|en)\/$/
  const STYLE = /^\/assets\/site(?:-without-fonts)?\.css$/
  const MINUTE_MS = 60_000
  const HOUR_MS = 60 * MINUTE_MS
  const DAY_MS = 24 * HOUR_MS

  type Words = Readonly<Record<'offline' | 'age-minutes' | 'age-hours' | 'age-days', string>>
  interface Lasting extends Event {
    waitUntil(done: Promise<unknown>): void
  }
  interface Asked extends Lasting {
    readonly request: Request
    respondWith(answer: Promise<Response>): void
  }
  interface Told extends Lasting {
    readonly data: unknown
    readonly ports: readonly MessagePort[]
  }
  /** As much of a worker's global scope as is used: the names of a browser's page are others. */
  interface WorkerScope {
    readonly keptPageWords: Readonly<Record<string, Words>>
    readonly clients: { claim(): Promise<void> }
    skipWaiting(): Promise<void>
    addEventListener(kind: 'install' | 'activate', act: (event: Lasting) => void): void
    addEventListener(kind: 'fetch', act: (event: Asked) => void): void
    addEventListener(kind: 'message', act: (event: Told) => void): void
  }
  const isWorker = (found: object): found is WorkerScope => 'keptPageWords' in found && 'clients' in found
  const found: object = globalThis
  if (!isWorker(found)) return
  const scope = found

  scope.addEventListener('install', (event) => event.waitUntil(scope.skipWaiting()))
  scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()))

  scope.addEventListener('fetch', (event) => {
    const { request } = event
    const { origin, pathname } = new URL(request.url)
    if (request.method !== 'GET' || origin !== location.origin) return
    if (request.mode === 'navigate' && FIRST.test(pathname)) event.respondWith(answerFirst(event))
    else if (STYLE.test(pathname)) event.respondWith(answerStyle(request))
  })

  /** The page has the answer kept at once: the next time there may be no connection. */
  scope.addEventListener('message', (event) => {
    if (typeof event.data !== 'string' || !FIRST.test(event.data)) return
    const kept = fetch(event.data).then(keep)
    event.waitUntil(
      kept.then(
        () => event.ports[0]?.postMessage('kept'),
        () => event.ports[0]?.postMessage('failed'),
      ),
    )
  })

  async function answerFirst(event: Asked): Promise<Response> {
    try {
      const answer = await fetch(event.request)
      if (answer.ok) event.waitUntil(keep(answer.clone()).catch(() => undefined))
      return answer
    } catch {
      return (await lastAnswer()) ?? Response.error()
    }
  }

  const answerStyle = (request: Request): Promise<Response> =>
    fetch(request).catch(async () => (await caches.match(request, { cacheName: CACHE })) ?? Response.error())

  /** Puts an answer in the place of the one before. */
  async function keep(answer: Response): Promise<void> {
    if (!answer.ok) throw new Error('there is no answer')
    const text = await answer.text()
    const headers = new Headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': answer.headers.get('content-security-policy') ?? "default-src 'none'",
      [KEPT_AT]: String(Date.now()),
    })
    await caches.delete(CACHE)
    const cache = await caches.open(CACHE)
    await cache.put(KEPT, new Response(text, { headers }))
    const style = /<link rel="stylesheet" href="([^"]+)"/.exec(text)?.[1]
    if (style !== undefined) await cache.add(style).catch(() => undefined)
  }

  async function lastAnswer(): Promise<Response | undefined> {
    const kept = await caches.match(KEPT, { cacheName: CACHE })
    if (kept === undefined) return undefined
    const text = await kept.text()
    const words = scope.keptPageWords[/<html lang="(\w+)"/.exec(text)?.[1] ?? '']
    if (words === undefined) return undefined
    const age = ageText(Date.now() - Number(kept.headers.get(KEPT_AT)), words)
    const notice = `<aside class="copy" role="status"><p class="page"><b>${words.offline.replace('{age}', age)}</b></p></aside>`
    return new Response(text.replace('<body>', `<body>${notice}`), { headers: kept.headers })
  }

  function ageText(ms: number, words: Words): string {
    const [unit, word] =
      ms < HOUR_MS
        ? ([MINUTE_MS, 'age-minutes'] as const)
        : ms < 2 * DAY_MS
          ? ([HOUR_MS, 'age-hours'] as const)
          : ([DAY_MS, 'age-days'] as const)
    return words[word].replace('{count}', String(Math.max(0, Math.floor(ms / unit))))
  }
})()
