// The sign-in page of a guest network: sends whoever asks for anything in cleartext to itself. Runs at the gateway.
import { createServer } from 'node:http'

createServer((request, response) => {
  request.resume()
  if (request.headers.host === 'sign-in.guest-lab.net') {
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end('<html><head><title>Sign in</title></head><body>Sign in to use this network.</body></html>')
    return
  }
  response.writeHead(302, { location: 'http://sign-in.guest-lab.net/', 'content-length': 0 }).end()
}).listen(8088, '0.0.0.0', () => process.stdout.write('ready\n'))
