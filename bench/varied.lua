-- Every request has an id and a query of its own, so that nothing may be kept per request unnoticed.
local count = 0
function request()
  count = count + 1
  wrk.headers["x-request-id"] = "memory-" .. count
  return wrk.format("GET", wrk.path .. "?cursor=" .. count)
end
