"""Trains the demonstration model on text.de.txt and text.en.txt: a small Llama-style decoder with a byte-level BPE.

python3 -m venv v && v/bin/pip install torch==2.13.0 tokenizers==0.23.2 safetensors
v/bin/python scripts/demonstration-model/train.py OUT   # about a quarter of an hour on two cores

Writes OUT/model.safetensors (float32, the names of transformers' LlamaForCausalLM), OUT/tokenizer.json and OUT/training.json
(settings, losses, and how many answers come out word for word, also for questions that were held back). make.ts makes the
files of the app from them.
"""

import json
import math
import random
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import nn

HERE = Path(__file__).parent
SEED = 20261122
HIDDEN, LAYERS, HEADS, KV_HEADS, INNER, VOCABULARY, POSITIONS = 192, 6, 6, 2, 512, 1024, 512
HEAD = HIDDEN // HEADS
STEPS, BATCH, LENGTH, RATE, WARMUP = 800, 24, 88, 2e-3, 60
EPSILON = 1e-6
USER, ASSISTANT, END, PAD = "<|user|>", "<|assistant|>", "<|end|>", "<|pad|>"


def topics():
    """[(questions, answer)] of both languages."""
    found = []
    for name in ("text.de.txt", "text.en.txt"):
        questions = []
        for line in (HERE / name).read_text("utf-8").splitlines():
            if line.startswith("? "):
                questions = [part.strip() for part in line[2:].split(" | ")]
            elif line.startswith("! "):
                found.append((questions, line[2:].strip()))
    return found


# words that a question is understood without
SMALL = set(
    """der die das ein eine einen ich du er sie es wir ihr mein meine mir mich ist sind was wie wo mit in im am zu nun tun
    tue mache man soll kann darf muss den dem bei und so da hier noch the a an i you he she it we my me is are what how where do does
    can may must should in at to of for on now and here there""".split()
)


def shortened(text, rng):
    """Without some of its small words, rarely without another one."""
    words = text.split()
    kept = [word for word in words if rng.random() > (0.4 if word.lower().strip("?!.,") in SMALL else 0.06)]
    return " ".join(kept) if kept else text


def spoken(question, rng):
    """The question as somebody in a hurry types it."""
    text = shortened(question, rng) if rng.random() < 0.4 else question
    if rng.random() < 0.3:
        text = text.lower()
    if rng.random() < 0.4:
        text = text.rstrip("?!. ")
    if rng.random() < 0.15:
        text = rng.choice(["Bitte: ", "Please: ", "Hallo, ", "Hello, "]) + text
    if rng.random() < 0.25 and len(text) > 8:
        at = rng.randrange(1, len(text) - 1)
        text = rng.choice([text[:at] + text[at + 1 :], text[:at] + text[at + 1] + text[at] + text[at + 2 :]])
    return text


def tokenizer_of(texts):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[PAD, END, USER, ASSISTANT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def rotary(length):
    angles = torch.outer(torch.arange(length).float(), 1 / 10_000 ** (torch.arange(0, HEAD, 2).float() / HEAD))
    angles = torch.cat([angles, angles], -1)
    return angles.cos(), angles.sin()


def turned(x, cos, sin):
    low, high = x.chunk(2, -1)
    return x * cos + torch.cat([-high, low], -1) * sin


class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(HIDDEN))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + EPSILON) * self.weight


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_layernorm, self.post_attention_layernorm = Norm(), Norm()
        self.self_attn, self.mlp = nn.Module(), nn.Module()
        for name, rows in (("q_proj", HIDDEN), ("k_proj", KV_HEADS * HEAD), ("v_proj", KV_HEADS * HEAD), ("o_proj", HIDDEN)):
            self.self_attn.add_module(name, nn.Linear(HIDDEN, rows, bias=False))
        self.mlp.gate_proj = nn.Linear(HIDDEN, INNER, bias=False)
        self.mlp.up_proj = nn.Linear(HIDDEN, INNER, bias=False)
        self.mlp.down_proj = nn.Linear(INNER, HIDDEN, bias=False)

    def forward(self, x, cos, sin):
        batch, length, _ = x.shape
        y = self.input_layernorm(x)
        heads = lambda linear, count: linear(y).view(batch, length, count, HEAD).transpose(1, 2)
        q = turned(heads(self.self_attn.q_proj, HEADS), cos, sin)
        k = turned(heads(self.self_attn.k_proj, KV_HEADS), cos, sin).repeat_interleave(HEADS // KV_HEADS, 1)
        v = heads(self.self_attn.v_proj, KV_HEADS).repeat_interleave(HEADS // KV_HEADS, 1)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.self_attn.o_proj(mixed.transpose(1, 2).reshape(batch, length, HIDDEN))
        y = self.post_attention_layernorm(x)
        return x + self.mlp.down_proj(F.silu(self.mlp.gate_proj(y)) * self.mlp.up_proj(y))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed_tokens = nn.Embedding(VOCABULARY, HIDDEN)
        self.layers = nn.ModuleList([Layer() for _ in range(LAYERS)])
        self.norm = Norm()
        self.register_buffer("cos", rotary(POSITIONS)[0], persistent=False)
        self.register_buffer("sin", rotary(POSITIONS)[1], persistent=False)
        for weight in self.parameters():
            if weight.dim() > 1:
                nn.init.normal_(weight, std=0.02)

    def forward(self, ids):
        x = self.embed_tokens(ids)
        cos, sin = self.cos[: ids.shape[1]], self.sin[: ids.shape[1]]
        for layer in self.layers:
            x = layer(x, cos, sin)
        # tied: the head is the embedding
        return self.norm(x) @ self.embed_tokens.weight.T


def main(out):
    torch.manual_seed(SEED)
    rng = random.Random(SEED)
    all_topics = topics()
    # of every third topic one way to ask is held back: what the model says to it was not learnt by heart
    held = [(questions[-1], answer) for at, (questions, answer) in enumerate(all_topics) if at % 3 == 1]
    seen = [
        (question, answer)
        for at, (questions, answer) in enumerate(all_topics)
        for question in (questions[:-1] if at % 3 == 1 else questions)
    ]
    tokenizer = tokenizer_of([text for questions, answer in all_topics for text in (*questions, answer)])
    ids = {token: tokenizer.token_to_id(token) for token in (PAD, END, USER, ASSISTANT)}

    def encoded(question, answer):
        head = [ids[USER], *tokenizer.encode(question).ids, ids[END], ids[ASSISTANT]]
        return head, [*tokenizer.encode(answer).ids, ids[END]]

    def batch():
        rows, goals = [], []
        for _ in range(BATCH):
            question, answer = rng.choice(seen)
            head, tail = encoded(spoken(question, rng), answer)
            row = (head + tail)[: LENGTH + 1]
            goal = ([-100] * (len(head) - 1) + tail)[:LENGTH]
            rows.append(row + [ids[PAD]] * (LENGTH + 1 - len(row)))
            goals.append(goal + [-100] * (LENGTH - len(goal)))
        return torch.tensor(rows)[:, :-1], torch.tensor(goals)

    longest = max(len(head) + len(tail) for head, tail in (encoded(*pair) for pair in seen))
    assert longest <= LENGTH, f"an answer needs {longest} tokens"
    model = Decoder()
    size = sum(weight.numel() for weight in model.parameters())
    print(f"{len(all_topics)} topics, {len(seen)} questions, {size} parameters, longest {longest} tokens", flush=True)
    decay = [weight for weight in model.parameters() if weight.dim() > 1]
    plain = [weight for weight in model.parameters() if weight.dim() == 1]
    groups = [{"params": decay, "weight_decay": 0.05}, {"params": plain, "weight_decay": 0.0}]
    adam = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.98))
    losses, started = [], time.time()
    for step in range(STEPS):
        share = step / WARMUP if step < WARMUP else 0.5 * (1 + math.cos(math.pi * (step - WARMUP) / (STEPS - WARMUP)))
        for group in adam.param_groups:
            group["lr"] = RATE * max(0.02, share)
        rows, goals = batch()
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(rows)
        loss = F.cross_entropy(logits.float().reshape(-1, VOCABULARY), goals.reshape(-1))
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()
        if step % 50 == 0 or step == STEPS - 1:
            losses.append([step, round(loss.item(), 4)])
            print(f"{step:5d}  {loss.item():.4f}  {time.time() - started:.0f} s", flush=True)

    @torch.no_grad()
    def answer_to(question):
        head, _ = encoded(question, "")
        said = []
        while len(said) < 120:
            token = int(model(torch.tensor([head + said]))[0, -1].argmax())
            if token == ids[END]:
                break
            said.append(token)
        return tokenizer.decode(said)

    right = [answer_to(question) == answer for question, answer in seen]
    right_held = [answer_to(question) == answer for question, answer in held]
    print(f"word for word: {sum(right)} of {len(right)}; held back: {sum(right_held)} of {len(right_held)}", flush=True)
    out.mkdir(parents=True, exist_ok=True)
    weights = {f"model.{name}": weight.detach().contiguous() for name, weight in model.named_parameters()}
    save_file(weights, out / "model.safetensors")
    tokenizer.save(str(out / "tokenizer.json"))
    report = {
        "seed": SEED,
        "parameters": size,
        "steps": STEPS,
        "batch": BATCH,
        "tokens_in_a_row": LENGTH,
        "loss": losses,
        "questions": {"asked": len(right), "answered_word_for_word": sum(right)},
        "held_back": {"asked": len(right_held), "answered_word_for_word": sum(right_held)},
        "seconds": round(time.time() - started),
        "torch": torch.__version__,
    }
    (out / "training.json").write_text(json.dumps(report, indent=2) + "\n")


main(Path(sys.argv[1]))
