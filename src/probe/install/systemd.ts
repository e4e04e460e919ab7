import { DESCRIPTION, SERVICE_NAME, wordsOf, type ServiceProgram } from './program.ts'

/** A word of a command line as systemd reads it: in quotes, with its own signs doubled. Source: systemd.service(5). */
export const quoteUnit = (word: string): string =>
  `"${word.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/%/g, '%%').replace(/\$/g, '$$$$')}"`

/**
 * A unit for the owner's own systemd. Hardened as far as a process can be that opens sockets and compiles JavaScript: it
 * writes to its folder alone and gains no rights. Settings that need rights of the system's manager (capabilities,
 * kernel modules, clock) are left out: in a manager of a user they keep the service from starting.
 * Checked by `systemd-analyze verify`. Source: systemd.exec(5), systemd.service(5).
 */
export const systemdUnit = (program: ServiceProgram): string =>
  unitOf({
    start: wordsOf(program),
    condition: '',
    writes: `ReadWritePaths="${program.folder.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/%/g, '%%')}"`,
  })

/**
 * The unit that a package brings, for each user who enables it: it keeps the schedule of the folder that the program uses
 * by itself, and is skipped as long as that user has not agreed to anything.
 */
export const packagedUnit = (program: string): string =>
  unitOf({
    start: [program, 'daemon'],
    condition: `Documentation=man:${SERVICE_NAME}(1)\nConditionPathExists=%S/${SERVICE_NAME}/consent.json\n`,
    writes: `StateDirectory=${SERVICE_NAME}\nStateDirectoryMode=0700`,
  })

const unitOf = (unit: {
  readonly start: readonly string[]
  /** Lines for the head, each with its end. */
  readonly condition: string
  /** Where the service may write. */
  readonly writes: string
}): string => `[Unit]
Description=${DESCRIPTION}
${unit.condition}
[Service]
Type=exec
ExecStart=${unit.start.map(quoteUnit).join(' ')}
Restart=on-failure
RestartSec=5min
# 2 and 3: settings or consent are missing, or another process keeps the schedule; trying again changes nothing
RestartPreventExitStatus=2 3
TimeoutStopSec=30
UMask=0077
Nice=10
IOSchedulingClass=idle
MemoryMax=400M
Environment=MALLOC_ARENA_MAX=2
TasksMax=64

NoNewPrivileges=yes
PrivateUsers=yes
ProtectSystem=strict
ProtectHome=read-only
${unit.writes}
PrivateTmp=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=default.target
`
