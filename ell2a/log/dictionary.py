"""What the bodies of a store have in common, so that zlib need not say it again in each: a short body is mostly keys.

The text is part of the form of a store. It is never changed: a better one would stand beside it, under another first
byte, with a revision of its own. What comes most often stands last, where a reference to it is shortest.
"""

from __future__ import annotations

import zlib

FIRST = b"\x48"
"""The first byte of a body packed with the dictionary: zlib's own for a window of 4 KB. No JSON text begins with it."""
_WINDOW = 12
_LEVEL, _MEMORY = 6, 5

_TEXT = (
    rb'"type":"function","function":{"name":"","arguments":"{}"}}],"tool_calls":[{"index":0,"id":"call_'
    rb'"type":"function_call","call_id":"call_","type":"tool_use","id":"toolu_","input":{},"tool_use_id":"'
    rb'"type":"agent_call","id":"","name":"","arguments":{},"raw_arguments":null,"executed_by_provider":false}'
    rb'"type":"agent_result","call_id":"","content":[{"is_error":false}"type":"thinking","text":"","signature":"'
    rb'{"type":"json_schema","json_schema":{"name":"","schema":{"type":"object","properties":{"type":"string"},'
    rb'"description":"","required":[""],"additionalProperties":false}},"strict":true}'
    rb'{"finish_reason":{"unified":"agent_calls","raw":"tool_calls"},"unified":"length","raw":"max_tokens"}'
    rb'[{"id":"resp_","object":"response","created_at":17,"status":"completed","error":null,"incomplete_details":null,'
    rb'"instructions":null,"output":[{"id":"msg_","type":"message","status":"completed","role":"assistant",'
    rb'"content":[{"type":"output_text","annotations":[],"logprobs":[],"text":null}]}],"parallel_tool_calls":true,'
    rb'"previous_response_id":null,"reasoning":{"effort":null,"summary":null},"store":true,"temperature":1.0,'
    rb'"text":{"format":{"type":"text"}},"tool_choice":"auto","tools":[],"top_p":1.0,"truncation":"disabled",'
    rb'"input_tokens_details":{"cached_tokens":0},"output_tokens_details":{"reasoning_tokens":0}'
    rb'[{"model":"claude-sonnet-4-5-20250929","id":"msg_01","type":"message","role":"assistant","content":[{"type":"text",'
    rb'"text":null}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":,'
    rb'"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,'
    rb'"ephemeral_1h_input_tokens":0},"output_tokens":,"service_tier":"standard"}}'
    rb'[{"id":"chatcmpl-","object":"chat.completion","created":17,"model":"gpt-4o-2024-08-06","choices":[{"index":0,'
    rb'"message":{"role":"assistant","content":null,"refusal":null,"annotations":[]},"logprobs":null,'
    rb'"finish_reason":"stop"}],"usage":{"prompt_tokens":,"completion_tokens":,"total_tokens":,'
    rb'"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,'
    rb'"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"service_tier":"default",'
    rb'"system_fingerprint":"fp_"},[[["choices",0,"message","content"],"text",""]]]'
    rb'[{"items":[{"path":"model","action":"kept","to":"model"},{"path":"api_params.temperature","action":"kept","to":'
    rb'"temperature"},{"path":"stream","action":"kept","to":"stream"},{"path":"api_params.max_tokens","action":"kept",'
    rb'"to":"max_tokens"},"action":"converted","reason":""],"forms":[["messages",0,".content.0"],["messages",1,'
    rb'".content.0"],["messages",1,".content"]],"codes":"abbbbbbbbbbbbbbbb","at":1}]'
    rb'[{"api_params":{"temperature":0.2,"max_completion_tokens":300,"max_tokens":},"agent_choice":null,'
    rb'"sdk":{"name":"openai","version":"3.54.0"}}][{"request":{"model":"gpt-4o","messages":[],"temperature":0.2,'
    rb'"max_completion_tokens":300,"stream":true,"stream_options":{"include_usage":true}},"lists":[["messages",0,"'
    rb'[{"role":"user","content":null},[[["content"],"text",""]]][{"role":"assistant","content":null},[[["content"],"text","'
    rb'[{"native":null,"role":"user","content":[{"native":null,"type":"text","text":null,"citations":[]}],'
    rb'[{"role":"assistant","content":[{"native":null,"type":"text","text":null,"citations":[]}],"native":null},'
    rb'[[["content",0,"text"],"text",""]]][[["",{"unified":"stop","raw":"stop"}]]][[["",{"unified":"stop","raw":"end_turn"}]]]'
    rb'[{"provider":"anthropic","wire":"anthropic-messages","endpoint":"https://api.anthropic.com","model":"claude-'
    rb'[{"provider":"openai","wire":"openai-chat","endpoint":"https://api.openai.com","model":"gpt-4o","response_model":'
    rb'"gpt-4o-2024-08-06","response_id":"chatcmpl-","finish_reason":{"unified":"stop","raw":"stop"},"usage":{'
    rb'"input_tokens":,"output_tokens":,"cache_read_tokens":0,"cache_write_tokens":null,"reasoning_tokens":0,'
    rb'"audio_input_tokens":null,"audio_output_tokens":null,"server_agent_calls":{},"raw":{"prompt_tokens":,'
    rb'"completion_tokens":,"total_tokens":,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0}}},"cost":{'
    rb'"amount":0.00,"currency":"USD","source":"genai-prices 0.2.3","as_of":"2026-"},"timing":{"started_at":"2026-'
    rb'Z","first_token_ms":null,"duration_ms":},"attempts":[{"number":1,"status":200,"request_id":"req_","error":null,'
    rb'"waited_ms":null,"duration_ms":}],"sdk":{"name":"openai","version":"3.54.0"},"other":{"created":17,'
    rb'"service_tier":"default","system_fingerprint":"fp_"}}]'
)


def packed(data: bytes) -> bytes:
    """The bytes, compressed with the dictionary."""
    deflating = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY, zdict=_TEXT)
    return deflating.compress(data) + deflating.flush()


def unpacked(data: bytes) -> bytes:
    """The bytes that `packed` was given."""
    inflating = zlib.decompressobj(zdict=_TEXT)
    return inflating.decompress(data) + inflating.flush()
