import { Hono } from 'hono'
import { html } from 'hono/html'
import { listen, type Listening } from './listen.ts'

/**
 * Takes a port at once, for a site that is still being prepared: every address answers 503 with a page that says how far
 * that is and loads itself again. Dispose it just before the site takes the port. Throws Fault as `listen` does.
 */
export function listenWaiting(
  place: { readonly host: string; readonly port: number },
  said: { readonly title: string; readonly progress: () => string },
): Promise<Listening> {
  const site = new Hono()
  site.all('*', (c) =>
    c.html(
      html`<!doctype html>
        <html lang="en">
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <meta http-equiv="refresh" content="3" />
          <title>${said.title}</title>
          <body style="font: 1.1em/1.5 sans-serif; max-width: 36em; margin: 3em auto; padding: 0 1em">
            <h1 style="font-size: 1.3em">${said.title}</h1>
            <p>${said.progress()}</p>
          </body>
        </html>`,
      503,
      { 'retry-after': '3', 'cache-control': 'no-store', connection: 'close' },
    ),
  )
  return listen(site, place)
}
