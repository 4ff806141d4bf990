// Builds the front end: bundles and minifies JS and CSS, gathers the icons that are used into one sprite, names every
// file by its content and writes manifest.json, with .br and .gz beside each file. Run by `npm run build`.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { watch } from "node:fs";
import { dirname, extname, join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const DIST = join(HERE, "dist");
const LUCIDE = join(HERE, "..", "..", "node_modules", "lucide-static", "icons");
const ENTRIES = ["js/shop.js", "css/shop.css", "js/admin.js", "css/admin.css", "js/plots.js", "css/plots.css"];
const BROWSERS = ["chrome120", "edge120", "firefox121", "safari17.5"];
const KEPT_DAYS = 14;
const WATCHES = process.argv.includes("--watch");
const BUDGETS = { "shop.js": 25 * 1024, "shop.css": 20 * 1024 };

async function bundles() {
  const result = await build({
    absWorkingDir: HERE,
    entryPoints: ENTRIES.map((entry) => join(HERE, entry)),
    outdir: DIST,
    entryNames: "[name]",
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: BROWSERS,
    legalComments: "none",
    external: ["*.svg"],
    logLevel: "warning",
  });
  return result.outputFiles.map((file) => [parse(file.path).base, Buffer.from(file.contents)]);
}

// icons.json names Lucide icons; an .svg of our own in static/icons joins the sprite under its file name.
async function sprite() {
  const names = JSON.parse(await readFile(join(HERE, "icons", "icons.json"), "utf8"));
  const symbols = [];
  for (const name of [...names].sort()) {
    const source = await readFile(join(LUCIDE, `${name}.svg`), "utf8").catch(() => {
      throw new Error(`icons.json names "${name}", which Lucide does not have`);
    });
    const drawing = source.slice(source.indexOf(">", source.indexOf("<svg")) + 1, source.lastIndexOf("</svg>"));
    const tidy = drawing.replace(/\s+/g, " ").replace(/ \/>/g, "/>").replace(/> </g, "><").trim();
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${tidy}</symbol>`);
  }
  return ["icons.svg", Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`)];
}

async function drawings() {
  const files = (await readdir(join(HERE, "icons"))).filter((name) => name.endsWith(".svg") || name.endsWith(".png"));
  return Promise.all(files.map(async (name) => [name, await readFile(join(HERE, "icons", name))]));
}

function hashed(name, content) {
  const { name: stem, ext } = parse(name);
  return `${stem}-${createHash("sha256").update(content).digest("hex").slice(0, 10)}${ext}`;
}

function brotli(content) {
  return brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } });
}

// Pages of earlier builds are open in browsers, and a shop that is running links the build before: their files stay for
// a while. Who watches builds all day, and needs the last one.
async function lastBuild() {
  const text = await readFile(join(DIST, "manifest.json"), "utf8").catch(() => "{}");
  return Object.values(JSON.parse(text)).flatMap((file) => [file, `${file}.br`, `${file}.gz`]);
}

async function isOld(name) {
  const { mtimeMs } = await stat(join(DIST, name));
  return WATCHES || Date.now() - mtimeMs > KEPT_DAYS * 24 * 3600 * 1000;
}

async function store(outputs) {
  await mkdir(DIST, { recursive: true });
  const manifest = {};
  const kept = new Set(["manifest.json", ...(await lastBuild())]);
  for (const [name, content] of outputs) {
    const file = hashed(name, content);
    const variants = { [file]: content };
    if (extname(name) !== ".png") {
      variants[`${file}.br`] = brotli(content);
      variants[`${file}.gz`] = gzipSync(content, { level: 9 });
    }
    for (const [variant, bytes] of Object.entries(variants)) {
      await writeFile(join(DIST, variant), bytes);
      kept.add(variant);
    }
    manifest[name] = file;
    report(name, content.length, variants[`${file}.br`]?.length ?? content.length);
  }
  await writeFile(join(DIST, "manifest.json.new"), JSON.stringify(manifest, null, 2) + "\n");
  await rename(join(DIST, "manifest.json.new"), join(DIST, "manifest.json"));
  for (const name of await readdir(DIST)) {
    if (!kept.has(name) && (await isOld(name))) await rm(join(DIST, name), { recursive: true });
  }
}

function report(name, size, compressed) {
  const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
  console.log(`${name.padEnd(14)} ${kilobytes(size).padStart(9)} -> ${kilobytes(compressed).padStart(8)} brotli`);
  if (compressed > (BUDGETS[name] ?? Infinity)) throw new Error(`${name} is over its budget of ${BUDGETS[name]} bytes`);
}

async function run() {
  await store([...(await bundles()), await sprite(), ...(await drawings())]);
}

await run();
if (WATCHES) {
  let waiting;
  const again = () => run().catch((error) => console.error(error.message));
  for (const folder of ["css", "js", "icons"]) {
    watch(join(HERE, folder), { recursive: true }, () => {
      clearTimeout(waiting);
      waiting = setTimeout(again, 80);
    });
  }
}
