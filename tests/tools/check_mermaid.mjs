// check_mermaid.mjs - Markdown of `-o mermaid`, read by Mermaid itself.
//
//     node check_mermaid.mjs MODULES FILE...
//
// MODULES is a node_modules folder with mermaid and jsdom. Of every file each fenced block has to be
// a sequence diagram with the three participants, and with as many messages, notes and frames as it
// has lines: text of a session that had a meaning in the syntax would make more, or less. Nothing
// but headings and sentences may stand outside of the blocks.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [modules, ...files] = process.argv.slice(2);
const require = createRequire(path.resolve(modules, 'x.js'));
const { JSDOM } = require('jsdom');
const { window } = new JSDOM('');
globalThis.window = window;
globalThis.document = window.document;
const entry = path.resolve(modules, 'mermaid/dist/mermaid.core.mjs');
const { default: mermaid } = await import(pathToFileURL(entry));
const MOST = 50000; // characters that Mermaid takes

// Mermaid's own numbers of what a line can be.
const NOTE = 2;
const ENTRIES_OF_RECT = 2; // its start and its end

function expected(source) {
  const lines = source.split('\n').filter((line) => line !== '' && line !== 'sequenceDiagram');
  const count = (pattern) => lines.filter((line) => pattern.test(line)).length;
  const known = {
    participants: count(/^  participant [CFS] as /),
    notes: count(/^  Note over (C,S|F): /),
    messages: count(/^  [CFS]--?(>>|x)[CFS]: /),
    rects: count(/^  rect rgba\(/),
    ends: count(/^  end$/),
  };
  const told = Object.values(known).reduce((a, b) => a + b, 0);
  if (told !== lines.length) throw new Error('a line is none that we write');
  if (known.participants !== 3 || known.rects !== known.ends || known.rects > 1)
    throw new Error('participants or frames are not as they should be');
  return known;
}

async function judge(source) {
  if (source.length > MOST) throw new Error(`${source.length} characters`);
  const known = expected(source);
  await mermaid.parse(source);
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(source);
  const actors = [...db.getActors().keys()].join('');
  if (actors !== 'CFS') throw new Error(`participants ${actors}`);
  const entries = db.getMessages();
  const notes = entries.filter((entry) => entry.type === NOTE).length;
  const total = known.notes + known.messages + known.rects * ENTRIES_OF_RECT;
  if (notes !== known.notes || entries.length !== total)
    throw new Error(`${entries.length} entries, ${notes} notes; not ${total}, ${known.notes}`);
}

let blocks = 0;
let wrong = 0;
function trouble(file, words) {
  wrong++;
  console.log(`${file}: ${words}`);
}
for (const file of files) {
  const text = fs.readFileSync(file, 'utf8');
  const outside = text.replace(/^```mermaid\n([^]*?)^```\n/gm, '');
  if (/[<>`\\|#]/.test(outside.replace(/^### /gm, '')))
    trouble(file, 'something stands outside of the blocks');
  for (const [, source] of text.matchAll(/^```mermaid\n([^]*?)^```\n/gm)) {
    blocks++;
    try {
      await judge(source);
    } catch (error) {
      trouble(file, String(error.message).split('\n').slice(0, 4).join(' '));
    }
  }
}
console.log(`${blocks} diagrams, ${wrong} troubles`);
process.exit(blocks > 0 && wrong === 0 ? 0 : 1);
