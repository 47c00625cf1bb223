// Loaded before the original command line, which is otherwise unchanged: it reports neither its
// use nor its errors to anybody, so that no test leaves this machine or waits for an answer.
const Module = require('module')
const childProcess = require('child_process')

const load = Module._load
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest)
  if (request === 'raven') loaded.captureException = (...args) => args.forEach(a => typeof a === 'function' && a())
  return loaded
}

const spawn = childProcess.spawn
childProcess.spawn = function (program, args, options) {
  return options && options.detached ? { unref() {} } : spawn.call(this, program, args, options)
}

// Its wizard looks whether a server runs at the port that local ones have. What else runs on this
// machine is not to be found: it looks where nobody listens.
const { Socket } = require('net')
const connect = Socket.prototype.connect
Socket.prototype.connect = function (...args) {
  const to = [args[0]].flat()[0] // options, alone or first in a list
  if (to && String(to.port) === '4466') to.port = 1
  return connect.apply(this, args)
}
