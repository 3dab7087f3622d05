// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.agent.serve.http.LocalClient;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.eventlog.EventLog;
import dev.bartizan.crypto.eventlog.FirmwareBoot;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.eventlog.LogRefusal;
import dev.bartizan.crypto.eventlog.MeasuredEvent;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A device: a chip, a state directory, a configuration, and the agent on it. */
@TouchesTheWorld("the device's files")
public final class TestDevice implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Distribution distribution;
  private final Swtpm chip;
  private final Path home;
  private @Nullable Background daemon;
  private boolean metBroker;

  private TestDevice(Distribution distribution, Swtpm chip, Path home) {
    this.distribution = distribution;
    this.chip = chip;
    this.home = home;
  }

  /**
   * Makes a device with the files the operator hands out ({@code device/}).
   *
   * @param checkEverySeconds how often it looks for new metadata
   */
  public static TestDevice make(
      Distribution distribution,
      Swtpm chip,
      Path home,
      Operator operator,
      String repositoryUrl,
      int brokerPort,
      int checkEverySeconds)
      throws IOException {
    Files.createDirectories(home.resolve("state"));
    Path handedOut = operator.directory().resolve("device");
    Files.copy(handedOut.resolve("root.json"), home.resolve("root.json"));
    Files.copy(handedOut.resolve("fleet-ca.pem"), home.resolve("fleet-ca.pem"));
    TestDevice device = new TestDevice(distribution, chip, home);
    device.configure(repositoryUrl, brokerPort, checkEverySeconds);
    device.keepLogOf(Lab.KERNEL);
    return device;
  }

  /** The same device on another chip: what a stolen disk is put into. */
  public TestDevice withChip(Swtpm other, Path copy, String repositoryUrl, int brokerPort)
      throws IOException {
    Distribution.copy(home, copy);
    TestDevice device = new TestDevice(distribution, other, copy);
    device.configure(repositoryUrl, brokerPort, 3600);
    return device;
  }

  /** The same device with another copy of the agent. */
  public TestDevice with(Distribution other) {
    return new TestDevice(other, chip, home);
  }

  private void configure(String repositoryUrl, int brokerPort, int checkEverySeconds)
      throws IOException {
    Files.writeString(
        configuration(),
        String.join(
            "\n",
            "[device]",
            "state_directory = \"" + state() + "\"",
            "profile = \"default\"",
            "event_log = \"" + eventLog() + "\"",
            "userspace_log = \"" + home.resolve("no-userspace-log") + "\"",
            "[keystore]",
            "tpm = \"" + chip.addressText() + "\"",
            "[repository]",
            "url = \"" + repositoryUrl + "\"",
            "trust_root = \"" + home.resolve("root.json") + "\"",
            "check_every_seconds = " + checkEverySeconds,
            "[fleet]",
            "trust_anchors = \"" + home.resolve("fleet-ca.pem") + "\"",
            "broker = \"ssl://localhost:" + brokerPort + "\"",
            "[serve]",
            "inference_socket = \"" + home.resolve("inference.sock") + "\"",
            "control_socket = \"" + home.resolve("control.sock") + "\"",
            ""));
  }

  public Path configuration() {
    return home.resolve("agent.toml");
  }

  /** The configuration with some of its text replaced, as another file beside it. */
  public Path configurationWith(String text, String replacement) throws IOException {
    String written = Files.readString(configuration());
    if (!written.contains(text)) {
      throw new IOException(configuration() + " does not say " + text);
    }
    Path changed = home.resolve("changed.toml");
    return Files.writeString(changed, written.replace(text, replacement));
  }

  /**
   * Gives the device another keystore than its chip, before it is enrolled.
   *
   * @param lines of the table {@code [keystore]}
   */
  public void useKeystore(String... lines) throws IOException {
    Path changed =
        configurationWith("tpm = \"" + chip.addressText() + "\"", String.join("\n", lines));
    Files.move(changed, configuration(), StandardCopyOption.REPLACE_EXISTING);
  }

  /** Has the device renew its certificates at the server on that port. */
  public void useServer(int port) throws IOException {
    Path changed =
        configurationWith("[serve]", "server = \"https://localhost:" + port + "\"\n[serve]");
    Files.move(changed, configuration(), StandardCopyOption.REPLACE_EXISTING);
  }

  public Path home() {
    return home;
  }

  public Path state() {
    return home.resolve("state");
  }

  public Swtpm chip() {
    return chip;
  }

  /**
   * Plays the firmware: measures what the boot of a machine with Secure Boot measures, into a chip
   * that was just switched on.
   *
   * @param kernel the part that differs from boot to boot
   */
  public static void boot(Swtpm chip, String kernel) throws IOException {
    try {
      for (MeasuredEvent event : EventLog.read(logOf(kernel)).events()) {
        if (event.extendsPcr()) {
          Bytes digest = event.digest(LogHash.SHA256).orElseThrow();
          chip.extend(event.pcr(), new Digest(digest));
        }
      }
    } catch (LogRefusal refusal) {
      throw new IOException(refusal);
    }
  }

  private static Bytes logOf(String kernel) {
    return FirmwareBoot.log(kernel, LogHash.SHA256);
  }

  /** What firmware has written of the boot of {@code kernel}. */
  public static byte[] log(String kernel) {
    return logOf(kernel).toArray();
  }

  /** Where the device finds the log of its boot. */
  public Path eventLog() {
    return home.resolve("binary_bios_measurements");
  }

  private void keepLogOf(String kernel) throws IOException {
    Files.write(eventLog(), log(kernel));
  }

  /** Switches the device off and on; it boots {@code kernel}. */
  public void restartWith(String kernel) throws IOException {
    chip.restart();
    boot(chip, kernel);
    keepLogOf(kernel);
  }

  /** Runs a command of the device's, and returns how it ended. */
  public Outcome run(String... arguments) throws IOException, InterruptedException {
    return runWith(configuration(), arguments);
  }

  /** The same with another configuration. */
  public Outcome runWith(Path configuration, String... arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.add("--config");
    all.add(configuration.toString());
    return new Program(distribution.device()).run(all.toArray(String[]::new));
  }

  /** Starts the daemon, and waits until it answers. */
  public void start() throws IOException, InterruptedException {
    Background started = launch();
    Patience.await(
        "the daemon",
        START,
        () -> {
          if (!started.isAlive()) {
            throw new IOException("the daemon ended: " + started.log());
          }
          return status().has("agent");
        });
  }

  /** Starts the daemon, and waits for nothing. */
  public Background launch() throws IOException {
    return launchUnder(List.of());
  }

  /**
   * The same by another program, which becomes the daemon.
   *
   * @param program with its arguments; the daemon's command follows
   */
  public Background launchUnder(List<String> program) throws IOException {
    List<String> command = new ArrayList<>(program);
    command.addAll(List.of(distribution.device(), "run", "--config", configuration().toString()));
    Background started =
        Background.start(home.resolve("agent.log"), command.toArray(String[]::new));
    daemon = started;
    return started;
  }

  /**
   * Waits, the first time, until the daemon has been at the broker: that keeps commands for a
   * device that is away, not for one that was never there.
   */
  void awaitFirstContact() throws IOException, InterruptedException {
    if (!metBroker && isRunning()) {
      Patience.await(
          "the device at the broker",
          START,
          () -> !status().path("broker").asText().equals("not connected yet"));
    }
    metBroker = true;
  }

  /** Stops the daemon in order. */
  public void stop() {
    if (daemon != null) {
      daemon.close();
      daemon = null;
    }
  }

  /** {@code kill -9}. */
  public void kill() throws InterruptedException {
    if (daemon != null) {
      daemon.kill();
      daemon = null;
    }
  }

  /**
   * Lets the daemon's files grow to {@code bytes} and no further, as on a full disk.
   *
   * @param bytes {@code unlimited} ends that
   */
  public void limitFilesTo(String bytes) throws IOException, InterruptedException {
    if (daemon == null) {
      throw new IllegalStateException("start() comes first");
    }
    new Program("prlimit", "--pid", String.valueOf(daemon.pid()), "--fsize=" + bytes + ":")
        .run()
        .expect(0);
  }

  /** The daemon's process. */
  public long pid() {
    if (daemon == null) {
      throw new IllegalStateException("start() comes first");
    }
    return daemon.pid();
  }

  public boolean isRunning() {
    return daemon != null && daemon.isAlive();
  }

  /** What the daemon has logged, over all its starts. */
  public String log() throws IOException {
    return Files.exists(home.resolve("agent.log"))
        ? Files.readString(home.resolve("agent.log"))
        : "";
  }

  /** The daemon's status document. */
  public JsonNode status() throws IOException {
    return json(new LocalClient(home.resolve("control.sock")).get("/bartizan/v1/status"));
  }

  /** The version of {@code model} that serves now; empty when none does. */
  public String serving(String model) throws IOException {
    Answer answer = new LocalClient(home.resolve("inference.sock")).get("/v2/models/" + model);
    return answer.status() == 200 ? json(answer).path("versions").path(0).asText() : "";
  }

  /** The suites that are offered to applications. */
  public JsonNode suites() throws IOException {
    Answer answer = new LocalClient(home.resolve("inference.sock")).get("/bartizan/v1/suites");
    return json(answer).path("suites");
  }

  /** Asks for an inference, as an application does. */
  public JsonNode infer(String model, byte[] request) throws IOException {
    Answer answer = inference(model, request);
    if (answer.status() != 200) {
      throw new IOException("inference: status " + answer.status() + " " + text(answer));
    }
    return json(answer);
  }

  /** The same, whatever comes back. */
  public Answer inference(String model, byte[] request) throws IOException {
    return new LocalClient(home.resolve("inference.sock"))
        .post("/v2/models/" + model + "/infer", request);
  }

  /** Every regular file of the device's state, sorted. */
  public List<Path> stateFiles() throws IOException {
    try (Stream<Path> files = Files.walk(state())) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static JsonNode json(Answer answer) throws IOException {
    return JSON.readTree(text(answer));
  }

  private static String text(Answer answer) {
    return StandardCharsets.UTF_8.decode(answer.body().duplicate()).toString();
  }

  @Override
  public void close() {
    stop();
  }
}
