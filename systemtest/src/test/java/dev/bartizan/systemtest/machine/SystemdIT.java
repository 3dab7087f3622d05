// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.agent.serve.http.LocalClient;
import dev.bartizan.protocol.cli.ProductVersion;
import dev.bartizan.systemtest.bad.AgentTree;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.Program;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The life of one device whose units are run by systemd itself, as they ship: installed, enrolled,
 * updated, rebooted, upgraded, removed. Each situation goes on where the one before ended.
 *
 * <p>Repository, broker and chip are this machine's; the container reaches them on its loopback,
 * and the chip's socket in /rig.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SystemdIT {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OWN_UPDATE = "0.1.4";
  private static final String UPGRADE = "0.1.7";

  private Path home = Path.of("");
  private Lab lab;
  private Box box;

  @BeforeAll
  void switchOn() throws Exception {
    NotRun.unless(Box.can(), SystemdIT.class);
    home = Files.createTempDirectory("b");
    lab = Lab.founded(Distribution.built(), home);
    box = Box.up(rig());
    letTheDaemonReachTheChip();
    lay(Distribution.built().home(), "dist");
    box.run("install", "-d", "/etc/bartizan").expect(0);
    put("root.json");
    put("fleet-ca.pem");
    Files.copy(lab.device().eventLog(), etc("boot.log"));
  }

  @AfterAll
  void switchOff() throws Exception {
    if (box != null) {
      box.close();
    }
    if (lab != null) {
      lab.close();
      FileTree.delete(home);
    }
  }

  @Test
  @Order(1)
  void installedItIsEnabledAndSaysWhatIsMissing() throws Exception {
    Path root = etc("root.json");
    Path aside = Files.move(root, root.resolveSibling("root.aside"));
    String said = install("dist", "--config", "/root/agent.toml").err();
    assertTrue(said.contains("enabled, not started"), said);
    assertEquals("enabled", systemctl("is-enabled", "bartizan.service").out().strip());
    Files.move(aside, root);
    said = install("dist").err();
    assertTrue(said.contains("enabled, not started: this device is not enrolled yet"), said);
  }

  @Test
  @Order(2)
  void enrolledByItsOwnUserItStartsAndSaysThatItIsReady() throws Exception {
    lab.enrolElsewhere(this::enrol);
    systemctl("start", "bartizan.service").expect(0);
    assertEquals("active", systemctl("is-active", "bartizan.service").out().strip());
    assertEquals("notify", property("Type"));
  }

  /** The sandbox hid the mount points: no update ever started, and nothing said so. */
  @Test
  @Order(3)
  void anUpdateArrivesAndServes() throws Exception {
    lab.release("1.0.0", Models.file("1.0.0"), Models.golden("1.0.0"));
    vouch(ProductVersion.TEXT, Distribution.built().home());
    update("model=" + Models.NAME, "version=1.0.0");
    assertServes("1.0.0", "crack");
  }

  @Test
  @Order(4)
  void theNextOneTakesItsPlaceAndNothingIsLeftToComplainAbout() throws Exception {
    lab.release("1.1.0", Models.file("1.1.0"), Models.golden("1.1.0"), "--delta-from", "1.0.0");
    update("model=" + Models.NAME, "version=1.1.0");
    assertServes("1.1.0", "pit");
    assertEquals("{}", status().path("alarms").toString());
    for (JsonNode safeguard : status().path("safeguards")) {
      assertFalse(safeguard.path("verdict").asText().equals("bad"), safeguard.toString());
    }
    String journal = box.journal();
    assertFalse(journal.contains("cpuinfo"), journal);
    assertFalse(journal.contains("Mount point"), journal);
  }

  @Test
  @Order(5)
  void doctorLooksFromInsideTheSandbox() throws Exception {
    Outcome doctor = box.bartizan("doctor");
    assertTrue(doctor.out().matches("(?s).*ok    disk: \\d+ MiB free.*"), doctor.out());
    assertTrue(doctor.out().contains("ok    processor"), doctor.out());
    assertFalse(doctor.out().contains("cannot be asked"), doctor.out());
    assertFalse(doctor.out().contains("wrong "), doctor.out());
  }

  @Test
  @Order(6)
  void whoMayNotAskIsToldThatItIsPermission() throws Exception {
    Outcome nobody = box.run("runuser", "-u", "nobody", "--", "bartizan", "status");
    assertEquals(3, nobody.exit(), nobody.err());
    assertTrue(nobody.err().contains("permission denied"), nobody.err());
    assertFalse(nobody.err().contains("not running"), nobody.err());
  }

  /** Somebody's hardening must not be what keeps a device from its updates. */
  @Test
  @Order(7)
  void whereNothingButProcessesIsShownUpdatesGoOnAndDoctorSaysWhatIsHidden() throws Exception {
    Path dropIn = box.root().resolve("etc/systemd/system/bartizan.service.d/hidden.conf");
    Files.createDirectories(dropIn.getParent());
    Files.writeString(dropIn, "[Service]\nProcSubset=pid\n");
    systemctl("daemon-reload").expect(0);
    systemctl("restart", "bartizan.service").expect(0);
    lab.release("1.1.1", Models.file("1.1.0"), Models.golden("1.1.0"));
    update("model=" + Models.NAME, "version=1.1.1");
    assertServes("1.1.1", "pit");
    String said = box.bartizan("doctor").out();
    assertTrue(said.contains("note  processor"), said);
    assertTrue(said.matches("(?s).*ok    disk.*"), said);
    Files.delete(dropIn);
    Files.delete(dropIn.getParent());
    systemctl("daemon-reload").expect(0);
    systemctl("restart", "bartizan.service").expect(0);
  }

  @Test
  @Order(8)
  void theDaemonUpdatesItself() throws Exception {
    AgentTree next = AgentTree.calling(Distribution.built(), OWN_UPDATE, home.resolve("next"));
    lab.operator()
        .release("software", next.home().toString(), "--version", OWN_UPDATE, "--deliver");
    update("software=agent", "version=" + OWN_UPDATE);
    assertEquals(OWN_UPDATE, status().path("agent").path("version").asText());
    awaitServing("1.1.1");
  }

  @Test
  @Order(9)
  void afterARebootTheSameAgentServesTheSameModel() throws Exception {
    lab.device().stop();
    box.run("systemctl", "stop", "bartizan.service").expect(0);
    lab.device().restartWith(Lab.KERNEL);
    letTheDaemonReachTheChip();
    box.reboot();
    Patience.await(
        "the daemon", LONG, () -> systemctl("is-active", "bartizan.service").exit() == 0);
    awaitServing("1.1.1");
    assertEquals(OWN_UPDATE, status().path("agent").path("version").asText());
  }

  @Test
  @Order(10)
  void whatIsInstalledAnewRunsInPlaceOfWhatTheDaemonHadUpdatedItselfTo() throws Exception {
    Path upgrade = Files.createDirectory(home.resolve("upgrade"));
    new Program("cp", "-a").run(Distribution.built().home() + "/.", upgrade.toString()).expect(0);
    AgentTree tree = AgentTree.calling(Distribution.built(), UPGRADE, home.resolve("newer"));
    new Program("cp", "-a").run(tree.home() + "/.", upgrade.toString()).expect(0);
    lay(upgrade, "upgrade");
    vouch(UPGRADE, upgrade);
    install("upgrade");
    Patience.await(
        "the upgrade", LONG, () -> status().path("agent").path("version").asText().equals(UPGRADE));
    awaitServing("1.1.1");
    // The same once more is no other program: nothing begins anew.
    install("upgrade");
    awaitServing("1.1.1");
  }

  @Test
  @Order(11)
  void killedItIsStartedAgain() throws Exception {
    String before = property("MainPID");
    box.run("kill", "-9", before).expect(0);
    Patience.await(
        "another process",
        LONG,
        () ->
            !property("MainPID").equals(before)
                && systemctl("is-active", "bartizan.service").exit() == 0);
    awaitServing("1.1.1");
  }

  @Test
  @Order(12)
  void removedItLeavesStateAndNoUnit() throws Exception {
    script("dist", "uninstall").expect(0);
    assertTrue(systemctl("is-active", "bartizan.service").exit() != 0);
    assertEquals("", units());
    assertEquals(0, box.run("test", "-d", "/var/lib/bartizan/keystore").exit());
    script("dist", "uninstall", "--purge").expect(0);
    assertEquals(
        "",
        box.run("sh", "-c", "ls -d /var/lib/bartizan /etc/bartizan /usr/lib/bartizan 2>/dev/null")
            .out());
  }

  private String units() throws Exception {
    return box.run("sh", "-c", "find /etc/systemd /usr/lib/systemd -name '*bartizan*'").out();
  }

  private Outcome enrol(String server, Path token) throws IOException, InterruptedException {
    Files.copy(token, etc("token"));
    box.run("chown", "bartizan", "/etc/bartizan/token").expect(0);
    return box.bartizan("enroll", "--server", server, "--token-file", "/etc/bartizan/token");
  }

  private void update(String... arguments) throws Exception {
    Outcome end = lab.command("update", arguments);
    assertEquals(0, end.exit(), end.out() + end.err() + box.journal());
  }

  private void assertServes(String version, String label) throws Exception {
    assertEquals(version, serving());
    Answer answer = inference().post("/v2/models/" + Models.NAME + "/infer", Models.sample("pit"));
    assertEquals(label, Models.label(json(answer)));
  }

  private void awaitServing(String version) throws Exception {
    Patience.await(Models.NAME + " " + version, LONG, () -> serving().equals(version));
  }

  private String serving() throws Exception {
    Answer answer = inference().get("/v2/models/" + Models.NAME);
    return answer.status() == 200 ? json(answer).path("versions").path(0).asText() : "";
  }

  private LocalClient inference() throws Exception {
    return new LocalClient(box.root().resolve("run/bartizan/inference.sock"));
  }

  private JsonNode status() throws Exception {
    return JSON.readTree(box.bartizan("status", "--json").expect(0).out());
  }

  private static JsonNode json(Answer answer) throws IOException {
    return JSON.readTree(StandardCharsets.UTF_8.decode(answer.body().duplicate()).toString());
  }

  private Outcome systemctl(String... arguments) throws IOException, InterruptedException {
    return box.run(
        Stream.concat(Stream.of("systemctl"), Stream.of(arguments)).toArray(String[]::new));
  }

  private String property(String name) throws IOException, InterruptedException {
    return systemctl("show", "-P", name, "bartizan.service").out().strip();
  }

  private Outcome install(String distribution, String... options) throws Exception {
    return script(distribution, options).expect(0);
  }

  private Outcome script(String distribution, String... options) throws Exception {
    return box.run(
        Stream.concat(Stream.of("sh", "/root/" + distribution + "/install.sh"), Stream.of(options))
            .toArray(String[]::new));
  }

  /** What will be installed from a distribution, signed as the device's software. */
  private void vouch(String version, Path from) throws Exception {
    Path tree = Files.createDirectory(home.resolve("tree-" + version));
    new Program("sh", from.resolve("install.sh").toString())
        .run("--root", tree.toString())
        .expect(0);
    Path installed = tree.resolve("usr/lib/bartizan");
    lab.operator().release("software", installed.toString(), "--version", version);
    lab.operator().release("policy", "--models", Models.NAME);
    lab.vouchForBoot();
  }

  /** The chip's directory: its socket, and nothing that a device would not have. */
  private Path rig() {
    String address = lab.device().chip().addressText();
    return Objects.requireNonNull(Path.of(address.substring(address.indexOf(':') + 1)).getParent());
  }

  /** As the group tss of the real device may use its chip. */
  private void letTheDaemonReachTheChip() throws IOException {
    Files.setPosixFilePermissions(rig(), PosixFilePermissions.fromString("rwx--x--x"));
    Files.setPosixFilePermissions(
        rig().resolve("tpm.sock"), PosixFilePermissions.fromString("rw-rw-rw-"));
  }

  private void lay(Path from, String name) throws Exception {
    Path target = box.root().resolve("root").resolve(name);
    new Program("cp", "-a").run(from.toString(), target.toString()).expect(0);
    Files.writeString(box.root().resolve("root/agent.toml"), configuration());
  }

  private Path etc(String file) throws IOException, InterruptedException {
    return box.root().resolve("etc/bartizan").resolve(file);
  }

  private void put(String file) throws Exception {
    Files.copy(lab.operator().directory().resolve("device").resolve(file), etc(file));
  }

  /** That of the lab's own device, with the places of an installed one. */
  private String configuration() throws IOException {
    Path device = lab.device().home();
    String chip = lab.device().chip().addressText();
    return Files.readString(lab.device().configuration())
            .replace(chip, "swtpm:/rig/tpm.sock")
            .replace(lab.device().state().toString(), "/var/lib/bartizan")
            .replace(lab.device().eventLog().toString(), "/etc/bartizan/boot.log")
            .replace(device.resolve("inference.sock").toString(), "/run/bartizan/inference.sock")
            .replace(device.resolve("control.sock").toString(), "/run/bartizan/control.sock")
            .replace(device.toString(), "/etc/bartizan")
        + "\n[memory]\nswap = \"refuse\"\n[versions]\nsoftware_trial_seconds = 120\n";
  }
}
