import { Hono } from 'hono'

/**
 * A site over part of what another server has: where it knows nothing of what was asked for (404), `ask` may give the
 * answer of the other one.
 */
export function withGone(site: Hono, ask: (request: Request) => Promise<Response | undefined>): Hono {
  const whole = new Hono()
  whole.all('*', async (c) => {
    const own = await site.fetch(c.req.raw, c.env)
    return own.status === 404 ? ((await ask(c.req.raw)) ?? own) : own
  })
  return whole
}
