import { wordsOf, type ServiceProgram } from './program.ts'

/** Text as a property list writes it. */
export const escapePlist = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

export const LAUNCHD_LABEL = 'org.kuager.probe'

/** A property list for the owner's own launchd (macOS). Not tested on a Mac. Source: launchd.plist(5). */
export const launchdPlist = (program: ServiceProgram): string => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>${LAUNCHD_LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${wordsOf(program)
  .map((word) => `    <string>${escapePlist(word)}</string>`)
  .join('\n')}
  </array>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>Crashed</key><true/></dict>
  <key>ThrottleInterval</key><integer>300</integer>
  <key>ProcessType</key><string>Background</string>
  <key>LowPriorityIO</key><true/>
  <key>Umask</key><integer>63</integer>
</dict>
</plist>
`
