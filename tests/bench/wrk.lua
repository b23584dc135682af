-- Lets API keys take turns, read from the file that is given, one a line; prints what was counted as JSON.

function init(args)
  local requests = {}
  for key in io.lines(args[1]) do
    local headers = { ["x-api-auth"] = key }
    for name, value in pairs(wrk.headers) do headers[name] = value end
    requests[#requests + 1] = wrk.format(nil, nil, headers)
  end
  -- Without this function wrk sends one request over and over, which costs it less.
  if #requests == 0 then return end
  local turn = 0
  function request()
    turn = turn % #requests + 1
    return requests[turn]
  end
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  print(string.format(
    '{"answered":%d,"failed":%d,"microseconds":%d,"p99Microseconds":%d}',
    summary.requests, failed, summary.duration, latency:percentile(99)
  ))
end
