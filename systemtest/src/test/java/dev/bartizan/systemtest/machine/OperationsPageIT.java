// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.systemtest.lab.Background;
import dev.bartizan.systemtest.lab.Broker;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.Ports;
import dev.bartizan.systemtest.lab.Program;
import dev.bartizan.systemtest.lab.Program.Outcome;
import dev.bartizan.systemtest.lab.ReferencePcrs;
import dev.bartizan.systemtest.lab.TestDevice;
import dev.bartizan.systemtest.lab.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * {@code docs/operations.md}, followed to the letter: each command of its blocks is run, in the
 * order of the page, as the user it names; on a device with systemd what says {@code sudo}, on the
 * operator's machine the rest. What is put in the place of what, and what is left out and why, is
 * in the tables here; nothing else is.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OperationsPageIT {
  /** What begins so is not run here. */
  static final Map<String, String> LEFT_OUT =
      Map.ofEntries(
          Map.entry("./install.sh build", "made what is tried here; ReproducibleBuildIT runs it"),
          Map.entry(
              "bartizan-fleet serve --accept-keystore",
              "needs a token of PKCS#11: OtherKeystoresIT"),
          Map.entry("bartizan-release suite", "needs models that this page does not have: SuiteIT"),
          Map.entry("bartizan-fleet command update --to UEID suite=", "the same: SuiteIT"),
          Map.entry(
              "bartizan-release software --version 0.2.0", "another program: SystemdIT updates"),
          Map.entry("bartizan-fleet command update --to UEID software=", "the same: SystemdIT"),
          Map.entry(
              "bartizan-release init author --token-module", "needs a token: RoleKeysInATokenTest"),
          Map.entry(
              "bartizan-release refresh --dir author --token-pin-file",
              "the same: RoleKeysInATokenTest"),
          Map.entry(
              "bartizan-fleet device decommission",
              "ends the device that is tried here: EndOfLifeIT"),
          Map.entry(
              "curl --unix-socket ...",
              "an application's answer to what SystemdIT does not ask for"),
          Map.entry(
              "bartizan-fleet init fleet --root author/root.json --token-module",
              "needs a token: KeyBrokerInATokenTest"));

  /** What a reader puts in its place. The rest is put in below, where it is known. */
  static final Map<String, String> SUBSTITUTIONS = new LinkedHashMap<>();

  static {
    SUBSTITUTIONS.put("./install.sh --root", "dist/install.sh --root"); // What was built is there.
    SUBSTITUTIONS.put("fleet.example", "localhost");
    SUBSTITUTIONS.put("https://models.example/", "{repository}");
    SUBSTITUTIONS.put("add maker.pem", "add {maker}");
    SUBSTITUTIONS.put("add other.pem", "add {other maker}");
    SUBSTITUTIONS.put("8443", "{enrolment}");
    SUBSTITUTIONS.put("/media/stick/end", "{end}"); // The other stick is the device's.
    SUBSTITUTIONS.put("UEID", "{ueid}");
    SUBSTITUTIONS.put("/run/bartizan/inference.sock", "{inference}"); // curl runs on this machine.
  }

  /** What does not end well on a device that is being put up, and says why. */
  private static final Map<String, List<Integer>> OTHER_ENDS =
      Map.of("sudo bartizan doctor", List.of(0, 1), "sudo bartizan update", List.of(0, 1));

  private static final Pattern FOR_A_DEVICE =
      Pattern.compile("sudo (?:-u (?<user>\\S+) )?(?<command>.*)");

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Map<String, String> known = new LinkedHashMap<>();
  private Path home = Path.of("");
  private Path here = Path.of("");
  private String path = "";
  private Swtpm chip;
  private Box box;
  private int brokerPort;
  private int webPort;

  @BeforeAll
  void layOut() throws Exception {
    NotRun.unless(Box.can(), OperationsPageIT.class);
    home = Files.createTempDirectory("o");
    here = Files.createDirectory(home.resolve("work"));
    Files.createSymbolicLink(here.resolve("dist"), Distribution.built().home());
    path = System.getenv("PATH");
    brokerPort = Ports.free();
    webPort = Ports.free();
    chip = Swtpm.unmeasured();
    open.push(chip);
    TestDevice.boot(chip, Lab.KERNEL);
    known.put("{repository}", "http://127.0.0.1:" + webPort + "/");
    known.put("{maker}", chip.issuerCertificate().toString());
    known.put("{other maker}", otherMaker().toString());
    known.put("{end}", Files.createDirectory(home.resolve("stick")).resolve("end").toString());
    known.put("{enrolment}", String.valueOf(Ports.free()));
    box = Box.up(rig());
    open.push(box);
    letTheDaemonReachTheChip();
    box.run("useradd", "camera").expect(0); // The page's application has a user of its own.
    known.put("{inference}", box.root().resolve("run/bartizan/inference.sock").toString());
  }

  @AfterAll
  void clearAway() throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
    FileTree.delete(home);
  }

  @Test
  void eachCommandOfThePageDoesWhatThePageSays() throws Exception {
    List<String> left = new ArrayList<>();
    int run = 0;
    for (String command : OperationsPage.read().commands()) {
      Optional<String> why = LEFT_OUT.keySet().stream().filter(command::startsWith).findFirst();
      if (why.isPresent()) {
        left.add(command + ": " + LEFT_OUT.get(why.get()));
        continue;
      }
      before(command);
      run(command);
      after(command);
      run++;
    }
    System.out.println("left out of the page: " + String.join("; ", left));
    assertTrue(run >= 30, run + " commands of the page were run");
    everydayCommandsWork();
    assertEquals(0, onDevice("", "dist/install.sh uninstall --purge").exit());
  }

  /** What a reader does on the way, without a command for it on the page. */
  private void before(String command) throws Exception {
    if (command.startsWith("sudo dist/install.sh")) {
      carryToTheDevice();
    } else if (command.startsWith("sudo install -m 400")) {
      copy(
          here.resolve("fleet").resolve(word(command, 5)),
          box.root().resolve("root").resolve(word(command, 5)));
    } else if (command.startsWith("bartizan-fleet report learn")) {
      copy(box.root().resolve("tmp/report"), here.resolve("fleet/report"));
    } else if (command.startsWith(
        "bartizan-release model defect.onnx --name defect --version 1.0.0")) {
      copy(Models.file("1.0.0"), here.resolve("author/defect.onnx"));
      Files.createSymbolicLink(here.resolve("author/golden"), Models.golden("1.0.0"));
    } else if (command.contains("--values pcrs.json")) {
      Files.writeString(here.resolve("author/pcrs.json"), ReferencePcrs.of(chip));
    } else if (command.startsWith("bartizan-release bundle")) {
      run("bartizan-release model defect.onnx --name defect --version 1.1.0 --golden golden/");
    } else if (command.startsWith("sudo bartizan update --check --offline")) {
      Path stick = Files.createDirectories(box.root().resolve("media/stick"));
      copy(here.resolve("author/defect-1.1.0.bundle"), stick.resolve("defect-1.1.0.bundle"));
    }
  }

  private void after(String command) throws Exception {
    if (command.startsWith("bartizan-fleet init")) {
      Path served = here.resolve("author/repository");
      open.push(WebServer.start(home.resolve("web"), served, webPort));
      open.push(Broker.start(here.resolve("fleet"), brokerPort)); // mosquitto -c ...
    }
  }

  private void run(String command) throws Exception {
    String filled = filled(command);
    if (filled.startsWith("cd ")) {
      here = here.resolve(filled.substring(3));
    } else if (filled.startsWith("PATH=")) {
      path = operator("echo " + filled.substring("PATH=".length())).expect(0).out().strip();
    } else if (filled.startsWith("bartizan-fleet serve")) {
      serve(filled);
    } else {
      expect(command, once(filled));
    }
  }

  private Outcome once(String command) throws Exception {
    var device = FOR_A_DEVICE.matcher(command);
    return device.matches()
        ? onDevice(Objects.requireNonNullElse(device.group("user"), ""), device.group("command"))
        : operator(command);
  }

  private void expect(String command, Outcome outcome) throws Exception {
    List<Integer> ends =
        OTHER_ENDS.entrySet().stream()
            .filter(it -> command.startsWith(it.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(List.of(0));
    assertTrue(
        ends.contains(outcome.exit()),
        () -> command + ": exit " + outcome.exit() + ": " + outcome.err() + outcome.out());
    if (command.contains(" enroll ")) {
      known.put("{ueid}", outcome.out().strip().replace("enrolled as ", ""));
    }
  }

  private String filled(String command) {
    String filled = command;
    for (Map.Entry<String, String> entry : SUBSTITUTIONS.entrySet()) {
      filled = filled.replace(entry.getKey(), entry.getValue());
    }
    for (Map.Entry<String, String> entry : known.entrySet()) {
      filled = filled.replace(entry.getKey(), entry.getValue());
    }
    // Ports of its own: the page's are taken on a machine that runs tests.
    return filled.startsWith("bartizan-fleet init")
        ? filled + " --broker ssl://localhost:" + brokerPort
        : filled;
  }

  private Outcome operator(String command) throws IOException, InterruptedException {
    String line = "cd '" + where(command) + "' && PATH='" + path + "' && export PATH && " + command;
    return new Program("bash", "-c").run(line);
  }

  /** As the page says: each program in its own directory, once there is one. */
  private Path where(String command) {
    boolean isAuthors = command.startsWith("bartizan-release") && !command.contains("--dir author");
    if (isAuthors && !command.startsWith("bartizan-release init")) {
      return here.resolve("author");
    }
    boolean isServers = command.startsWith("bartizan-fleet") && !command.contains("--dir fleet");
    return isServers && !command.startsWith("bartizan-fleet init") ? here.resolve("fleet") : here;
  }

  /** In root's home directory, where the distribution and the fleet's files were carried to. */
  private Outcome onDevice(String user, String command) throws Exception {
    return user.isEmpty()
        ? box.run("sh", "-c", "cd /root && " + command)
        : box.run("runuser", "-u", user, "--", "sh", "-c", command);
  }

  private void serve(String command) throws Exception {
    String line =
        "cd '" + where(command) + "' && PATH='" + path + "' && export PATH && exec " + command;
    Background server = Background.start(home.resolve("serve.log"), "bash", "-c", line);
    open.push(server);
    int port = Integer.parseInt(Objects.requireNonNull(known.get("{enrolment}")));
    Patience.await(
        "enrolment",
        Duration.ofSeconds(60),
        () -> {
          if (!server.isAlive()) {
            throw new IOException(command + " ended: " + server.log());
          }
          return Ports.answers(port);
        });
  }

  /** Commands that the page has in its table of everyday work. */
  private void everydayCommandsWork() throws Exception {
    List<String> page = OperationsPage.read().commandsInText();
    String attest = only(page, "bartizan-fleet command attest").replace("HEX", "0123456789abcdef");
    run(attest.replace("FILE", "mqtt.report"));
    String verify = only(page, "bartizan-fleet report verify").replace("HEX", "0123456789abcdef");
    run(verify.replace("FILE", "mqtt.report"));
    run("sudo -u bartizan " + only(page, "bartizan check"));
    run("sudo -u bartizan " + only(page, "bartizan history --verify"));
  }

  private static String only(List<String> commands, String start) {
    return commands.stream().filter(it -> it.startsWith(start)).findFirst().orElseThrow();
  }

  private static String word(String command, int index) {
    return command.split(" ")[index + 1];
  }

  private void carryToTheDevice() throws Exception {
    Path root = box.root().resolve("root");
    new Program("cp", "-a")
        .run(Distribution.built().home().toString(), root.resolve("dist").toString())
        .expect(0);
    Path device = Files.createDirectories(root.resolve("fleet/device"));
    Path made = here.resolve("fleet/device");
    for (String file : List.of("root.json", "fleet-ca.pem")) {
      copy(made.resolve(file), device.resolve(file));
    }
    // As the page says of a device without a chip; and where this one's firmware left its log.
    Files.write(box.root().resolve("etc/boot.log"), TestDevice.log(Lab.KERNEL));
    String config =
        Files.readString(made.resolve("agent.toml"))
            .replaceAll("(?m)^event_log = .*$", "event_log = \"/etc/boot.log\"");
    Files.writeString(
        device.resolve("agent.toml"), config.replace("/dev/tpmrm0", "swtpm:/rig/tpm.sock"));
  }

  /** One of whom this fleet has no chip. */
  private Path otherMaker() throws IOException, InterruptedException {
    Path certificate = home.resolve("other-maker.pem");
    new Program("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30")
        .run(
            "-subj",
            "/CN=another maker",
            "-keyout",
            home.resolve("other-maker.key").toString(),
            "-out",
            certificate.toString())
        .expect(0);
    return certificate;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  private Path rig() {
    String address = chip.addressText();
    return Objects.requireNonNull(Path.of(address.substring(address.indexOf(':') + 1)).getParent());
  }

  /** As the group tss of the real device may use its chip. */
  private void letTheDaemonReachTheChip() throws IOException {
    Files.setPosixFilePermissions(rig(), PosixFilePermissions.fromString("rwx--x--x"));
    Files.setPosixFilePermissions(
        rig().resolve("tpm.sock"), PosixFilePermissions.fromString("rw-rw-rw-"));
  }
}
