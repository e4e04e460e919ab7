/** What a service file starts. All paths absolute. */
export interface ServiceProgram {
  /** The runtime and the script it is given. */
  readonly node: string
  readonly script: string
  readonly folder: string
}

export const SERVICE_NAME = 'kuager-probe'
export const DESCRIPTION = 'Kuager probe: measures access to services from this line'

/** Words of the command line. */
export const wordsOf = ({ node, script, folder }: ServiceProgram): readonly string[] => [
  node,
  script,
  'probe',
  'daemon',
  '--folder',
  folder,
]
