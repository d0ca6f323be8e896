-- The requests of wrk and its report. Arguments: method, path, number of customers, a text that is new in this run.
-- In the path, each request replaces {customer} with another customer's number, and {id} with an unused id.

local method, path, customers, run
local sent = 0

function init(args)
  method, path, customers, run = args[1], args[2], tonumber(args[3]), args[4]
  wrk.method = method
  wrk.path = path
  if method == "PUT" then wrk.body = args[5] end
  if path:find("{", 1, true) then request = changing end
end

-- Consecutive requests use distant records of the store, because 7919 is a prime.
function changing()
  sent = sent + 1
  local number = string.format("%08d", (sent * 7919) % customers)
  return wrk.format(nil, (path:gsub("{customer}", number):gsub("{id}", run .. "-" .. sent)))
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format("done requests=%d duration_us=%d median_us=%d not_2xx=%d connect=%d read=%d write=%d timeout=%d\n",
    summary.requests, summary.duration, latency:percentile(50), errors.status, errors.connect, errors.read,
    errors.write, errors.timeout))
end
