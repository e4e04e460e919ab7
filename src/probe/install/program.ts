/** What a service file starts. All paths absolute. */
export interface ServiceProgram {
  /** What is before the name of a command of the probe: the one file, or the runtime, the script and `probe`. */
  readonly start: readonly string[]
  readonly folder: string
}

export const SERVICE_NAME = 'kuager-probe'
export const DESCRIPTION = 'Kuager probe: measures access to services from this line'

/** Words of the command line. */
export const wordsOf = ({ start, folder }: ServiceProgram): readonly string[] => [
  ...start,
  'daemon',
  '--folder',
  folder,
]
