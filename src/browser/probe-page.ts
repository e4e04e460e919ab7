// The page that a probe serves on loopback to the owner of its machine. Everything it says comes from the program, as
// text; nothing that a server wrote is ever read as HTML. The key of the program is only in this page and its session.
;(() => {
  interface Measurement {
    readonly id: string
    readonly sentence: string
    readonly state: 'sent' | 'waits' | 'refused'
    readonly public?: string
    readonly receipt?: string
  }
  /** As the program gives it (src/cli/probe/page/state.ts). */
  interface State {
    readonly lang: string
    readonly langs: readonly string[]
    readonly words: Readonly<Record<string, string>>
    readonly consent: {
      readonly given: boolean
      readonly title: string
      readonly paragraphs: readonly string[]
      readonly example: string
      readonly tiers: readonly { readonly id: string; readonly text: string; readonly agreed: boolean }[]
    }
    readonly joined?: string
    readonly status: readonly string[]
    readonly own: readonly { readonly text: string; readonly href: string }[]
    readonly kept: boolean
    readonly paused: boolean
    readonly metered?: 'paused' | 'used'
    readonly measuring: boolean
    readonly limit: { readonly megabytes: number; readonly usedShare: number; readonly text: string }
    readonly updates?: { readonly automatic: boolean; readonly lines: readonly string[] }
    readonly services: readonly string[]
    readonly runs: readonly { readonly time: string; readonly measurements: readonly Measurement[] }[]
  }

  const KEY = 'kuager-probe-key'
  const [OFTEN_MS, SELDOM] = [3000, 7]
  /** Said before the program has given any words. */
  const USED: Readonly<Record<string, string>> = {
    kk: 'Бұл сілтеме пайдаланылған немесе ескірген. Бетті бағдарламадан қайта ашыңыз.',
    ru: 'Эта ссылка уже использована или устарела. Откройте страницу из программы ещё раз.',
    en: 'This address was used or is too old. Open the page from the program again.',
  }

  const main = document.getElementById('page')
  if (main === null) return
  const page = main
  let state: State | undefined
  let [said, shown] = ['', '']
  /** What of the page a reader opened, by its name: a new drawing leaves it open. */
  const opened = new Set<string>()
  let asksForget = false

  type Child = Node | string | undefined
  function make(name: string, about: Readonly<Record<string, string>>, ...children: readonly Child[]): HTMLElement {
    const element = document.createElement(name)
    for (const [key, value] of Object.entries(about)) element.setAttribute(key, value)
    element.append(...children.filter((child) => child !== undefined))
    return element
  }
  const word = (name: string): string => state?.words[name] ?? ''

  async function ask(name: string, given?: unknown): Promise<unknown> {
    const key = sessionStorage.getItem(KEY) ?? ''
    const answer = await fetch(`/api/${name}`, {
      method: given === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(given === undefined ? {} : { body: JSON.stringify(given) }),
    })
    const value: unknown = await answer.json()
    if (answer.ok) return value
    const why: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'error') : answer.statusText
    throw new Error(String(why), { cause: answer.status })
  }

  function button(text: string, about: Readonly<Record<string, string>>, act: () => unknown): HTMLElement {
    const made = make('button', { type: 'button', ...about }, text)
    made.addEventListener('click', () => {
      Promise.resolve(act()).catch(() => undefined)
    })
    return made
  }

  const acts = (...children: readonly Child[]): HTMLElement => make('div', { class: 'acts' }, ...children)

  /** Does something, says what came of it, and shows what is now. True where it was refused. */
  async function act(name: string, given: unknown, then = ''): Promise<boolean> {
    let refused = false
    try {
      await ask(name, given)
      said = then
    } catch (error) {
      refused = true
      said = `${word('stopped')} ${error instanceof Error ? error.message : ''}`
    }
    await refresh()
    return refused
  }

  const languages = (now: State): HTMLElement =>
    make(
      'nav',
      { class: 'langs' },
      ...now.langs.map((lang) =>
        button(NAMES[lang] ?? lang, { class: 'plain', lang, 'aria-pressed': String(lang === now.lang) }, () =>
          act('lang', { lang }),
        ),
      ),
    )
  const NAMES: Readonly<Record<string, string>> = { kk: 'Қазақша', ru: 'Русский', en: 'English' }

  function tiers(now: State, agree: string): HTMLElement {
    const boxes = now.consent.tiers.map(({ id, text, agreed }) => {
      const box = document.createElement('input')
      box.type = 'checkbox'
      box.checked = agreed
      box.value = id
      return { box, label: make('label', { class: 'tier' }, box, make('span', {}, text)) }
    })
    const chosen = (): readonly string[] => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value)
    return make(
      'div',
      {},
      ...boxes.map(({ label }) => label),
      make('p', { class: 'note' }, word('agree-none')),
      acts(button(agree, { class: 'main' }, () => act('consent', { tiers: chosen() }, word('saved')))),
    )
  }

  /** What was typed is kept while the page is drawn again; the link itself is in no address and no store. */
  let pasted = ''

  /** Where a link of the observatory is pasted; one of another observatory than before has to be confirmed. */
  function joinForm(now: State): HTMLElement {
    const field = document.createElement('textarea')
    field.id = 'join-link'
    field.rows = 3
    field.maxLength = 4000
    field.spellcheck = false
    field.autocomplete = 'off'
    field.value = pasted
    field.placeholder = 'https://…/join#…'
    field.addEventListener('input', () => (pasted = field.value))
    const box = document.createElement('input')
    box.type = 'checkbox'
    const replace = make('label', { class: 'tier' }, box, make('span', {}, word('join-replace')))
    const join = async (): Promise<void> => {
      const refused = await act('join', { link: pasted, replace: box.checked }, word('saved'))
      if (!refused) pasted = ''
      draw()
    }
    return make(
      'div',
      {},
      make('label', { for: 'join-link' }, word('join-link')),
      field,
      now.joined === undefined ? undefined : replace,
      acts(button(word('join-do'), {}, join)),
    )
  }

  const joining = (now: State): readonly Child[] => [
    make('h2', {}, word('join')),
    ...(now.joined === undefined
      ? [make('p', {}, word('join-about')), joinForm(now)]
      : [make('p', {}, now.joined), details('join', word('join-other'), () => joinForm(now))]),
  ]

  const consentPage = (now: State): readonly Child[] => [
    make('h1', {}, now.consent.title),
    make('p', { class: 'said' }, word('again')),
    ...joining(now),
    make('h2', {}, word('read')),
    ...now.consent.paragraphs.map((text) => make('p', {}, text)),
    details('example', word('example'), () => make('pre', { tabindex: '0' }, now.consent.example)),
    tiers(now, word('agree')),
  ]

  function details(name: string, title: string, fill: () => Node | Promise<Node>): HTMLElement {
    const made = make('details', {}, make('summary', {}, title))
    const show = (): void => {
      if (made.childElementCount > 1) return
      Promise.resolve(fill()).then(
        (child) => made.append(child),
        () => undefined,
      )
    }
    if (opened.has(name)) {
      made.setAttribute('open', '')
      show()
    }
    made.addEventListener('toggle', () => {
      if (made.hasAttribute('open')) opened.add(name)
      else opened.delete(name)
      show()
    })
    return made
  }

  async function documentOf(id: string): Promise<Node> {
    const value = await ask(`document?id=${id}`)
    const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'text') : undefined
    return make('pre', { tabindex: '0' }, typeof text === 'string' ? text : '–')
  }

  const list = (texts: readonly string[]): HTMLElement => make('ul', {}, ...texts.map((text) => make('li', {}, text)))

  function limit(now: State): HTMLElement {
    const range = document.createElement('input')
    range.type = 'range'
    range.id = 'limit'
    range.min = '20'
    range.max = '3000'
    range.step = '10'
    range.value = String(now.limit.megabytes)
    const shownNumber = make('output', { for: 'limit' }, String(now.limit.megabytes))
    range.addEventListener('input', () => (shownNumber.textContent = range.value))
    return make(
      'div',
      {},
      make('p', {}, now.limit.text),
      make('label', { for: 'limit' }, `${word('limit')}: `, shownNumber),
      range,
      acts(button(word('save'), {}, () => act('limit', { megabytes: Number(range.value) }, word('saved')))),
    )
  }

  const outside = (href: string, text: string): HTMLElement =>
    make('a', { href, rel: 'noreferrer noopener', target: '_blank' }, text)

  const ownResults = (now: State): Child =>
    now.own.length === 0
      ? undefined
      : make(
          'div',
          {},
          make('ul', {}, ...now.own.map(({ text, href }) => make('li', {}, outside(href, text)))),
          make('p', { class: 'note' }, word('own-about')),
        )

  function updates({ automatic, lines }: NonNullable<State['updates']>): readonly HTMLElement[] {
    const box = document.createElement('input')
    box.type = 'checkbox'
    box.checked = automatic
    return [
      make('h2', {}, word('updates')),
      list(lines),
      make('label', { class: 'tier' }, box, make('span', {}, word('updates-box'))),
      make('p', { class: 'note' }, word('updates-how')),
      acts(button(word('save'), {}, () => act('updates', { automatic: box.checked }, word('saved')))),
    ]
  }

  const measurement = (one: Measurement): HTMLElement =>
    make(
      'li',
      {},
      make('div', {}, one.sentence),
      make(
        'div',
        { class: 'note' },
        [word(`state-${one.state}`), one.receipt ?? ''].filter((text) => text !== '').join('. '),
      ),
      one.public === undefined ? undefined : outside(one.public, word('public')),
      details(`document ${one.id}`, word('as-sent'), () => documentOf(one.id)),
    )

  function forget(): HTMLElement {
    if (!asksForget)
      return button(word('forget'), { class: 'grave' }, () => {
        asksForget = true
        draw()
      })
    return make(
      'div',
      {},
      make('p', {}, word('forget-what')),
      acts(
        button(word('forget-yes'), { class: 'grave' }, async () => {
          const words = word('forgotten')
          try {
            await ask('forget', { sure: true })
            end(words)
          } catch (error) {
            said = `${word('stopped')} ${error instanceof Error ? error.message : ''}`
            draw()
          }
        }),
        button(word('keep'), {}, () => {
          asksForget = false
          draw()
        }),
      ),
    )
  }

  const ownPage = (now: State): readonly Child[] => [
    make('h1', {}, word('title')),
    list(now.status),
    ownResults(now),
    now.measuring ? make('p', { class: 'said', role: 'status' }, word('measuring')) : undefined,
    acts(
      now.measuring ? undefined : button(word('now'), { class: 'main' }, () => act('measure', {})),
      now.kept ? undefined : button(word('start'), {}, () => act('start', {})),
      ...(now.paused
        ? [button(word('resume'), {}, () => act('pause', { hours: 0 }))]
        : [
            button(word('pause-hour'), {}, () => act('pause', { hours: 1 })),
            button(word('pause-day'), {}, () => act('pause', { hours: 24 })),
          ]),
      now.metered && button(word(`metered-${now.metered}`), {}, () => act('metered', { was: now.metered })),
    ),
    now.kept ? make('p', { class: 'note' }, word('close')) : undefined,
    make('h2', {}, word('today')),
    now.services.length === 0 ? make('p', {}, word('no-today')) : list(now.services),
    make('h2', {}, word('limit')),
    limit(now),
    ...(now.updates === undefined ? [] : updates(now.updates)),
    make('h2', {}, word('runs')),
    now.runs.length === 0 ? make('p', {}, word('no-runs')) : undefined,
    ...now.runs.map(({ time, measurements }) =>
      details(`run ${time}`, `${time} · ${measurements.length}`, () =>
        make('ul', {}, ...measurements.map(measurement)),
      ),
    ),
    ...joining(now),
    make('h2', {}, word('groups')),
    tiers(now, word('save')),
    button(word('withdraw'), {}, () => act('consent', { tiers: [] }, word('saved'))),
    make('h2', {}, word('forget')),
    forget(),
  ]

  function draw(): void {
    const now = state
    if (now === undefined) return
    const focused = document.activeElement?.textContent
    document.documentElement.lang = now.lang
    document.title = `${word('title')} · Kuager`
    const parts = now.consent.given ? ownPage(now) : consentPage(now)
    const told = said === '' ? undefined : make('p', { class: 'said', role: 'status' }, said)
    page.replaceChildren(...[languages(now), told, ...parts].filter((part) => part !== undefined))
    page.removeAttribute('aria-busy')
    if (focused !== undefined && focused !== null && focused !== '')
      for (const one of page.querySelectorAll('button'))
        if (one.textContent === focused) {
          one.focus()
          break
        }
  }

  function end(words: string): void {
    sessionStorage.removeItem(KEY)
    state = undefined
    page.replaceChildren(make('p', { class: 'said', role: 'status' }, words))
  }

  /** Draws what is now, if it is not what is shown: a reader in the middle of a text or a slider is left alone. */
  async function refresh(): Promise<void> {
    const value = await ask('state')
    const text = JSON.stringify(value) + said
    // The program's own answer, of its own version.
    state = value as State
    if (text !== shown) draw()
    shown = text
  }

  async function follow(): Promise<void> {
    for (let looks = 1; ; looks++) {
      await new Promise((resolve) => setTimeout(resolve, OFTEN_MS))
      if (state === undefined) return
      try {
        if (state.measuring || looks % SELDOM === 0) await refresh()
      } catch {
        return end(word('ended'))
      }
    }
  }

  async function begin(): Promise<void> {
    const code = location.hash.slice(1)
    history.replaceState(null, '', '/')
    try {
      if (code !== '') {
        const value = await ask('enter', { code })
        sessionStorage.setItem(
          KEY,
          typeof value === 'object' && value !== null ? String(Reflect.get(value, 'key')) : '',
        )
      }
      await refresh()
    } catch (error) {
      if (error instanceof Error && error.cause === 400) return end(error.message)
      return page.replaceChildren(...Object.entries(USED).map(([lang, text]) => make('p', { lang }, text)))
    }
    await follow()
  }
  begin().catch(() => undefined)
})()
