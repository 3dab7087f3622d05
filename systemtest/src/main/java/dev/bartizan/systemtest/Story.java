// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.systemtest.Steps.Facts;
import dev.bartizan.systemtest.lab.Accounts;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.Program;
import dev.bartizan.systemtest.lab.Program.Outcome;
import dev.bartizan.systemtest.lab.TestDevice;
import dev.bartizan.systemtest.lab.Traffic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A device proves itself, decrypts a model it could not read anywhere else, serves it, updates it
 * by a difference, throws a bad update out by itself, refuses a tampered one, and a stranger
 * verifies all of it.
 */
@TouchesTheWorld("the demo's directory")
final class Story implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODEL = Models.NAME;
  private static final String NONCE = "6f1c2a9be4d07385";

  private final Accounts accounts;
  private final Lab lab;
  private final Path home;

  Story(Path home) throws IOException {
    this.home = home;
    this.accounts = Accounts.apart();
    // Where others than we ourselves can run it.
    Distribution shown =
        accounts.areApart()
            ? Distribution.built().copyTo(home.resolve("dist"))
            : Distribution.built();
    this.lab = new Lab(shown, home, accounts);
  }

  void tell(Steps steps) {
    steps.step(
        "author and server are two: role keys here, authority and key broker there", this::found);
    steps.step(
        "broker with mutual TLS, static web server and a device with a TPM stand ready",
        this::build);
    steps.step("the device enrols: its chip is genuine, its keys live in it", this::enrol);
    steps.step(
        "model 1.0.0 is released: encrypted, signed, its key wrapped by way of the key broker",
        this::release);
    steps.step("reference values and the agent's own files are signed", this::vouch);
    steps.step("the daemon starts and its boot chain is good, event by event", this::start);
    steps.step(
        "a signed command installs the model: unwrapped by the TPM, served from memory",
        this::install);
    steps.step("an application gets its inference on a Unix socket", this::infer);
    steps.step("no file on the device holds the weights", this::searchWeights);
    steps.step("the same disk with another chip opens nothing", this::stealDisk);
    steps.step(
        "model 1.1.0 comes as a difference, under load, and no request is lost", this::update);
    steps.step("a release that answers wrong is rolled back by the device alone", this::rollBack);
    steps.step("a tampered release is refused before it is tried", this::refuseTampered);
    steps.step("a command that is sent again is not obeyed again", this::replay);
    steps.step("kill -9 and another start: it serves what it served", this::kill);
    steps.step(
        "a report over MQTT is verified: claims, quote and logs belong together", this::attest);
    steps.step("tpm2_checkquote, which nobody here wrote, accepts the quote", this::checkQuote);
    steps.step("the update history holds, entry by entry", this::history);
    steps.step("after a boot of something else, the key stays shut", this::otherBoot);
  }

  private void found(Facts facts) throws Exception {
    Outcome init = lab.operator().init(lab.brokerPort(), lab.repositoryUrl());
    facts.add("init", init.took().toMillis(), "ms");
    require(
        Files.exists(lab.operator().directory().resolve("device/root.json")), "device/root.json");
    if (!accounts.areApart()) {
      facts.add("users", "one: two of them take root");
      return;
    }
    Outcome author = lab.operator().authorReads(lab.operator().directory().resolve("fleet.json"));
    Outcome server = lab.operator().serverReads(lab.operator().author().resolve("author.json"));
    require(author.exit() != 0, "the author reads the server's files");
    require(server.exit() != 0, "the server reads the author's files");
    facts.add("users", "two, who cannot read each other's files");
  }

  private void build(Facts facts) throws Exception {
    lab.powerOn();
    facts.add("repository", lab.repositoryUrl()).add("tpm", "swtpm").add("broker", "mosquitto");
  }

  private void enrol(Facts facts) throws Exception {
    Outcome enrolled = lab.enrol();
    facts.add("enrol", enrolled.took().toMillis(), "ms").add("ueid", lab.ueid());
  }

  private void release(Facts facts) throws Exception {
    Outcome released = lab.release("1.0.0", Models.file("1.0.0"), Models.golden("1.0.0"));
    facts
        .add("release", released.took().toMillis(), "ms")
        .add("weights", Files.size(Models.file("1.0.0")), "bytes");
  }

  private void vouch(Facts facts) throws Exception {
    lab.vouch();
    facts.add("profile", "default");
  }

  private void start(Facts facts) throws Exception {
    long begin = System.nanoTime();
    lab.device().start();
    facts.add("start", (System.nanoTime() - begin) / 1_000_000, "ms");
    Patience.await(
        "the boot verdict",
        Duration.ofSeconds(30),
        () -> lab.device().status().path("boot").path("verdict").asText().equals("good"));
    JsonNode check = JSON.readTree(lab.device().run("check", "--json").expect(0).out());
    facts.add("links", check.path("links").size(), "good");
    facts.add("secure_boot", foundAt(check, "secure boot"));
    facts.add("event_log", foundAt(check, "event log sha256"));
  }

  private static String foundAt(JsonNode check, String link) throws IOException {
    for (JsonNode each : check.path("links")) {
      if (each.path("name").asText().equals(link)) {
        return each.path("found").asText();
      }
    }
    throw new IOException("no link " + link + " in " + check);
  }

  private void install(Facts facts) throws Exception {
    Outcome command = lab.command("update", "model=" + MODEL, "version=1.0.0");
    command.expect(0);
    requireEqual("1.0.0", lab.device().serving(MODEL));
    facts.add("command_to_committed", command.took().toMillis(), "ms");
    facts.add("unwrapped_by", lab.device().status().path("keystore").path("kind").asText());
  }

  private void infer(Facts facts) throws Exception {
    byte[] request = Models.sample("pit");
    long begin = System.nanoTime();
    JsonNode answer = lab.device().infer(MODEL, request);
    facts.add("latency", (System.nanoTime() - begin) / 1000, "us");
    facts.add("answer", Models.label(answer));
  }

  private void searchWeights(Facts facts) throws Exception {
    int found = Models.runsOf(Models.file("1.0.0"), lab.device().stateFiles());
    require(found == 0, found + " runs of weights in the state directory");
    facts.add("files_searched", lab.device().stateFiles().size(), "");
  }

  private void stealDisk(Facts facts) throws Exception {
    try (Swtpm other = Swtpm.unmeasured()) {
      TestDevice.boot(other, Lab.KERNEL);
      TestDevice thief =
          lab.device()
              .withChip(other, home.resolve("thief"), lab.repositoryUrl(), lab.brokerPort());
      Outcome run = thief.run("run");
      require(run.exit() == 1, "exit code " + run.exit() + ": " + run.err());
      facts.add("refused", run.reason());
    }
  }

  private void update(Facts facts) throws Exception {
    lab.release("1.1.0", Models.file("1.1.0"), Models.golden("1.1.0"), "--delta-from", "1.0.0");
    long before = lab.web().bytesSent();
    Traffic traffic = Traffic.start(lab.device(), MODEL, Models.sample("pit"));
    try {
      lab.command("update", "model=" + MODEL, "version=1.1.0").expect(0);
    } finally {
      traffic.stop();
    }
    requireEqual("1.1.0", lab.device().serving(MODEL));
    require(traffic.lost() == 0, traffic.lost() + " requests lost: " + traffic.firstLoss());
    facts
        .add("fetched", lab.web().bytesSent() - before, "bytes")
        .add("of", Files.size(Models.file("1.1.0")), "bytes")
        .add("requests_meanwhile", traffic.answered(), "")
        .add("lost", traffic.lost(), "");
    requireEqual("pit", Models.label(lab.device().infer(MODEL, Models.sample("pit"))));
  }

  private void rollBack(Facts facts) throws Exception {
    lab.release(
        "1.2.0",
        Models.file("1.2.0-broken"),
        Models.golden("1.2.0-broken"),
        "--untried", // the author's side would not sign it
        "--delta-from",
        "1.1.0");
    Outcome command = lab.command("update", "model=" + MODEL, "version=1.2.0");
    command.expect(1);
    JsonNode result = Lab.answer(command).path("result");
    requireEqual("rolled-back", result.path("outcome").asText());
    requireEqual("1.1.0", lab.device().serving(MODEL));
    facts.add("because", result.path("reason").asText());
  }

  private void refuseTampered(Facts facts) throws Exception {
    lab.release("1.3.0", Models.file("1.1.0"), Models.golden("1.1.0"));
    int flipped = lab.tamperWithNewestArtifacts();
    Outcome command = lab.command("update", "model=" + MODEL, "version=1.3.0");
    command.expect(1);
    JsonNode result = Lab.answer(command).path("result");
    requireEqual("refused", result.path("outcome").asText());
    requireEqual("1.1.0", lab.device().serving(MODEL));
    facts.add("files_tampered_with", flipped, "").add("because", result.path("reason").asText());
  }

  private void replay(Facts facts) throws Exception {
    long entries = lab.device().status().path("history").path("entries").asLong();
    String id = lab.replayLastCommand();
    requireEqual(entries, lab.device().status().path("history").path("entries").asLong());
    facts.add("command", id).add("history_entries", entries, "as before");
  }

  private void kill(Facts facts) throws Exception {
    lab.device().kill();
    long begin = System.nanoTime();
    lab.device().launch();
    Patience.await(
        "the model after kill -9",
        Duration.ofSeconds(60),
        () -> lab.device().serving(MODEL).equals("1.1.0"));
    requireEqual("pit", Models.label(lab.device().infer(MODEL, Models.sample("pit"))));
    facts.add("start_to_inference", (System.nanoTime() - begin) / 1_000_000, "ms");
  }

  private void attest(Facts facts) throws Exception {
    Path report = lab.reportByCommand(NONCE);
    Outcome verdict =
        lab.operator().attempt("report", "verify", report.toString(), "--nonce", NONCE, "--json");
    verdict.expect(0);
    JsonNode ear = JSON.readTree(verdict.out());
    facts.add("status", ear.findPath("ear_status").asText()).add("bytes", Files.size(report), "");
    Outcome stale =
        lab.operator().attempt("report", "verify", report.toString(), "--nonce", "00" + NONCE);
    stale.expect(1);
  }

  private void checkQuote(Facts facts) throws Exception {
    Path report = home.resolve("local.report");
    lab.device().run("attest", "--nonce", NONCE, "--out", report.toString()).expect(0);
    Path unpacked = lab.operator().directory().resolve("unpacked");
    lab.operator().plain("report", "unpack", report.toString(), unpacked.toString()).expect(0);
    Outcome accepted =
        new Program("tpm2_checkquote")
            .run(
                "-u",
                unpacked.resolve("ak.pem").toString(),
                "-m",
                unpacked.resolve("quote.msg").toString(),
                "-s",
                unpacked.resolve("quote.sig").toString(),
                "-g",
                "sha256",
                "-q",
                Files.readString(unpacked.resolve("qualification.hex")).strip());
    accepted.expect(0);
    facts.add("files", fileNames(unpacked));
  }

  private static String fileNames(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return String.join(" ", files.map(it -> it.getFileName().toString()).sorted().toList());
    }
  }

  private void history(Facts facts) throws Exception {
    Outcome verified = lab.device().run("history", "--verify").expect(0);
    facts.add("says", verified.out().strip());
  }

  private void otherBoot(Facts facts) throws Exception {
    lab.device().stop();
    lab.device().restartWith("another kernel");
    lab.device().start();
    Patience.await(
        "the boot verdict",
        Duration.ofSeconds(30),
        () -> lab.device().status().path("boot").path("verdict").asText().equals("bad"));
    // The verdict is there a moment before the problem is written down.
    Patience.await(
        "the problem",
        Duration.ofSeconds(30),
        () -> lab.device().status().path("alarms").has("boot"));
    requireEqual("", lab.device().serving(MODEL));
    facts.add("says", lab.device().status().path("alarms").path("boot").asText().substring(0, 60));
  }

  private static void require(boolean so, String otherwise) throws IOException {
    if (!so) {
      throw new IOException(otherwise);
    }
  }

  private static void requireEqual(Object expected, Object found) throws IOException {
    require(expected.equals(found), "expected " + expected + ", found " + found);
  }

  @Override
  public void close() {
    lab.close();
  }
}
