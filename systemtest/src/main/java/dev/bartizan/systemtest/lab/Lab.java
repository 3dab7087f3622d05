// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One fleet of one device: operator, web server, broker, chip and agent. */
@TouchesTheWorld("the lab's directory")
public final class Lab implements AutoCloseable {
  /** What the device boots when nothing is wrong. */
  public static final String KERNEL = "kernel 1";

  private static final int REFRESH_SECONDS = 3600;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Distribution distribution;
  private final Path home;
  private final Operator operator;
  private final ServedFiles served;
  private final int brokerPort = Ports.freePair();
  private final int webPort = Ports.free();
  private @Nullable Swtpm chip;
  private @Nullable WebServer web;
  private @Nullable Broker broker;
  private @Nullable Eavesdropper eavesdropper;
  private @Nullable TestDevice device;
  private String ueid = "";

  /**
   * The operator's commands need no process each: what is of interest is the device.
   *
   * @param home an empty directory with a short path: it holds Unix sockets
   */
  public Lab(Distribution distribution, Path home) throws IOException {
    this(distribution, home, Operator.inThisProcess(distribution, home.resolve("operator")));
  }

  /** Author and server are these users, and run the programs that ship. */
  public Lab(Distribution distribution, Path home, Accounts accounts) throws IOException {
    this(distribution, home, Operator.byPrograms(distribution, home.resolve("operator"), accounts));
    accounts.openWay(home);
  }

  private Lab(Distribution distribution, Path home, Operator operator) throws IOException {
    this.distribution = distribution;
    this.home = home;
    this.operator = operator;
    this.served = new ServedFiles(operator);
    Files.createDirectories(home.resolve("operator"));
  }

  /** A lab with a fleet, a broker, a repository and a device that is nobody's yet. */
  public static Lab founded(Distribution distribution, Path home)
      throws IOException, InterruptedException {
    return found(new Lab(distribution, home));
  }

  /** The same with an operator who runs the programs that ship. */
  public static Lab foundedByPrograms(Distribution distribution, Path home)
      throws IOException, InterruptedException {
    return found(new Lab(distribution, home, Accounts.one()));
  }

  private static Lab found(Lab lab) throws IOException, InterruptedException {
    lab.operator().init(lab.brokerPort(), lab.repositoryUrl());
    lab.powerOn();
    return lab;
  }

  /** A lab with a device that is enrolled, vouched for, and serves 1.0.0. */
  public static Lab serving(Distribution distribution, Path home)
      throws IOException, InterruptedException {
    Lab lab = founded(distribution, home);
    lab.enrol();
    lab.release("1.0.0", Models.file("1.0.0"), Models.golden("1.0.0"));
    lab.vouch();
    lab.device().start();
    lab.command("update", "model=" + Models.NAME, "version=1.0.0").expect(0);
    return lab;
  }

  public Operator operator() {
    return operator;
  }

  public int brokerPort() {
    return brokerPort;
  }

  public String repositoryUrl() {
    return "http://127.0.0.1:" + webPort + "/";
  }

  public WebServer web() {
    return there(web);
  }

  public Broker broker() {
    return there(broker);
  }

  public Eavesdropper eavesdropper() {
    return there(eavesdropper);
  }

  public TestDevice device() {
    return there(device);
  }

  public String ueid() {
    return ueid;
  }

  private static <T> T there(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("powerOn() comes first");
    }
    return part;
  }

  /** Starts everything but the agent. */
  public void powerOn() throws IOException, InterruptedException {
    Swtpm made = Swtpm.unmeasured();
    chip = made;
    TestDevice.boot(made, KERNEL);
    operator.trustChipsOf(made.issuerCertificate());
    web = WebServer.start(home.resolve("web"), operator.repository(), webPort);
    broker = Broker.start(operator.directory(), brokerPort);
    eavesdropper = Eavesdropper.start(operator, brokerPort + 1, home.resolve("heard"));
    device =
        TestDevice.make(
            distribution,
            made,
            home.resolve("device"),
            operator,
            repositoryUrl(),
            brokerPort,
            REFRESH_SECONDS);
  }

  /** Enrols the device with a one-time token. */
  public Outcome enrol() throws IOException, InterruptedException {
    return enrolWhere(new String[0]).expect(0);
  }

  /**
   * Tries to enrol the device with a one-time token.
   *
   * @param options of the enrolment server
   */
  public Outcome enrolWhere(String... options) throws IOException, InterruptedException {
    Outcome enrolled = enrol(device(), List.of(), options);
    ueid = ueid(enrolled);
    return enrolled;
  }

  /**
   * Enrols the device once more; its daemon must not run.
   *
   * @param options of the device's command
   */
  public Outcome enrolAgain(String... options) throws IOException, InterruptedException {
    return enrol(device(), List.of(options)).expect(0);
  }

  /**
   * Enrols one more device, which is never started.
   *
   * @return its ueid
   */
  public String enrolNeighbour() throws IOException, InterruptedException {
    try (Swtpm other = Swtpm.manufacture();
        TestDevice neighbour =
            TestDevice.make(
                distribution,
                other,
                home.resolve("neighbour"),
                operator,
                repositoryUrl(),
                brokerPort,
                REFRESH_SECONDS)) {
      return ueid(enrol(neighbour, List.of()).expect(0));
    }
  }

  private static String ueid(Outcome enrolled) {
    return enrolled.out().strip().replace("enrolled as ", "");
  }

  private Outcome enrol(TestDevice newcomer, List<String> how, String... options)
      throws IOException, InterruptedException {
    return enrol(
        (server, token) -> {
          List<String> command = new ArrayList<>(List.of("enroll", "--server"));
          command.addAll(List.of(server, "--token-file", token.toString()));
          command.addAll(how);
          return newcomer.run(command.toArray(String[]::new));
        },
        options);
  }

  /** Runs the command that enrols, on a device that is somewhere else. */
  @FunctionalInterface
  public interface Enrolling {
    Outcome enrol(String server, Path token) throws IOException, InterruptedException;
  }

  /** Enrols the device that commands go to from then on. */
  public void enrolElsewhere(Enrolling elsewhere) throws IOException, InterruptedException {
    ueid = ueid(enrol(elsewhere).expect(0));
  }

  private Outcome enrol(Enrolling device, String... options)
      throws IOException, InterruptedException {
    int port = Ports.free();
    Path token = operator.directory().resolve("token");
    operator.run("device", "token", token.toString());
    try (Background server = operator.serve(port, options)) {
      if (!server.isAlive()) {
        throw new IOException("the enrolment server ended: " + server.log());
      }
      return device.enrol("https://localhost:" + port, token);
    } finally {
      Files.delete(token);
    }
  }

  /** Publishes a version of the model. */
  public Outcome release(String version, Path model, Path golden, String... options)
      throws IOException, InterruptedException {
    served.remember();
    List<String> all =
        new ArrayList<>(
            List.of(
                "model",
                operator.handOver(model).toString(),
                "--name",
                Models.NAME,
                "--version",
                version,
                "--golden",
                operator.handOver(golden).toString(),
                "--probation",
                "2",
                "--max-latency-percent",
                "100000"));
    all.addAll(Arrays.asList(options));
    return operator.release(all.toArray(String[]::new));
  }

  /**
   * Signs what the device is: its agent's files, and its boot as it is now, event by event.
   *
   * @param policy further options of the policy
   */
  public void vouch(String... policy) throws IOException, InterruptedException {
    operator.release("software", distribution.home().toString(), "--version", agentVersion());
    List<String> options = new ArrayList<>(List.of("policy", "--models", Models.NAME));
    options.addAll(Arrays.asList(policy));
    operator.release(options.toArray(String[]::new));
    vouchForBoot();
  }

  /**
   * Signs the device's boot as it is now, event by event.
   *
   * @param options further ones of the reference
   */
  public void vouchForBoot(String... options) throws IOException, InterruptedException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "reference",
                "--profile",
                "default",
                "--pcrs",
                operator.handOver(pcrs()).toString(),
                "--event-log",
                operator.handOver(device().eventLog()).toString()));
    all.addAll(Arrays.asList(options));
    operator.release(all.toArray(String[]::new));
  }

  /** A file of what the PCRs of the device's boot hold now. */
  public Path pcrs() throws IOException {
    return Files.writeString(home.resolve("pcrs.json"), ReferencePcrs.of(device().chip()));
  }

  private String agentVersion() throws IOException, InterruptedException {
    String said = new Program(distribution.device()).run("--version").expect(0).out().strip();
    return said.substring(said.lastIndexOf(' ') + 1);
  }

  /** Sends a signed command to the device and waits for the last answer. */
  public Outcome command(String name, String... arguments)
      throws IOException, InterruptedException {
    device().awaitFirstContact();
    List<String> all = new ArrayList<>(List.of("command", name));
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("--to", ueid, "--wait", "--timeout", "120", "--json"));
    return operator.attempt(all.toArray(String[]::new));
  }

  /** The device's answer in what a waited-for command printed. */
  public static JsonNode answer(Outcome command) throws IOException {
    JsonNode document = JSON.readTree(command.out());
    JsonNode answers = document.path("answers");
    if (answers.size() != 1) {
      throw new IOException("not one answer: " + command.out());
    }
    return answers.get(0);
  }

  /**
   * Sends the last command again, as whoever holds the broker can, and waits until the device must
   * have read it.
   *
   * @return the command's id
   */
  public String replayLastCommand() throws IOException, InterruptedException {
    List<String> heard = eavesdropper().commands();
    String last = heard.get(heard.size() - 1);
    eavesdropper().send(ueid, last);
    // Commands arrive in order: once a later one is answered, the earlier one has been read.
    command("status").expect(0);
    String claims = last.substring(last.indexOf('.') + 1, last.lastIndexOf('.'));
    return JSON.readTree(Base64.getUrlDecoder().decode(claims)).path("jti").asText();
  }

  /** Has the device report over MQTT, and keeps the report in a file. */
  public Path reportByCommand(String nonce) throws IOException, InterruptedException {
    Outcome command = command("attest", "nonce=" + nonce).expect(0);
    String report = answer(command).path("result").path("report").asText();
    Path file = home.resolve("mqtt.report");
    Files.write(file, Base64.getUrlDecoder().decode(report));
    return file;
  }

  /** Flips one bit in every file that the newest release put on the web server. */
  public int tamperWithNewestArtifacts() throws IOException {
    return changeNewestArtifacts(
        content -> {
          content[content.length / 2] ^= 1;
          return content;
        });
  }

  /** Changes every artifact that the newest release put on the web server. */
  public int changeNewestArtifacts(UnaryOperator<byte[]> change) throws IOException {
    return served.changeArtifacts(change);
  }

  /** What the store of a device would call the artifacts of the newest release: their digests. */
  public List<String> newestArtifacts() throws IOException {
    return served.newArtifacts().stream()
        .map(file -> file.getFileName().toString().replaceFirst("\\..*", ""))
        .toList();
  }

  /** The content key of the newest release, as it is wrapped to a device. */
  public Path newestEnvelope(String ueid) throws IOException {
    return served.newEnvelope(ueid);
  }

  @Override
  public void close() {
    if (device != null) {
      device.close();
    }
    if (eavesdropper != null) {
      eavesdropper.close();
    }
    if (broker != null) {
      broker.close();
    }
    if (web != null) {
      web.close();
    }
    if (chip != null) {
      chip.close();
    }
  }
}
