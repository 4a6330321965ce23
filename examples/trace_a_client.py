"""Log the calls of an SDK's client: wrap it once, change nothing else. Runs against the sandbox, with no key.

python examples/trace_a_client.py
"""

import openai

import ell2a
from ell2a.sandbox import Sandbox

with Sandbox() as server:
    client = ell2a.trace(openai.OpenAI(api_key="none-needed", base_url=f"{server.url}/v1"))
    asked = [{"role": "user", "content": "Tell me of the harbour"}]

    answer = client.chat.completions.create(model="sandbox-small", messages=asked)
    print(answer.choices[0].message.content)

    for chunk in client.chat.completions.create(model="sandbox-small", messages=asked, stream=True):
        print(chunk.choices[0].delta.content or "", end="")
    print()

log = ell2a.current_log()
if log is not None:
    for call in log.calls(limit=2).items:
        print(call.id, call.status, call.model, call.answer[:40])
