import { openObjects } from '../../runtime/objects/open-objects.ts'
import { objectSite } from '../../web/answer/object-site.ts'
import { listen, type Listening } from '../../web/listen.ts'

/** Where an edge lets a centre read it. */
export interface EdgePlace {
  readonly host: string
  readonly port: number
  /** Word that a centre must know. */
  readonly token: string
  /** Certificate and key in PEM; absent: no other machine reaches the address. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

/** Lets a centre read archive and log of a data folder until disposed. Throws Fault where the port is taken. */
export function serveObjects(folder: string, { token, ...place }: EdgePlace): Promise<Listening> {
  return listen(objectSite(openObjects(folder, {}), token), place)
}
