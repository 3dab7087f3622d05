// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.MovableClock;
import dev.bartizan.fleet.device.DeviceCopies;
import dev.bartizan.fleet.verify.ReportFiles;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.Failures;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.protocol.evidence.HealthClaims;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReportCommandTest {
  private static final PcrSelection BOOT =
      PcrSelection.parse("sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15");
  private static final String NONCE = "a1".repeat(32);
  private static final Digest RELEASE = Digest.of(new byte[] {5});
  private static final Digest SOFTWARE = Digest.of(new byte[] {6});

  private final MovableClock clock = new MovableClock();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir private Path folder;
  private Swtpm chip;
  private DeviceKeystore device;
  private FleetOfOne fleet;
  private Path report;

  @BeforeEach
  void report() throws Exception {
    chip = Swtpm.manufacture();
    device = FleetOfOne.device(chip);
    fleet = new FleetOfOne(folder.resolve("fleet"), chip, clock);
    fleet.enrol(device);
    AgentEvent software =
        new AgentEvent(AgentEvent.Kind.SOFTWARE, SOFTWARE, "software/agent/1.0.0/software.json");
    AgentEvent model = AgentEvent.model("defect", "1.0.0", RELEASE);
    device.measure(AgentLog.DEFAULT_PCR, software.measurement());
    device.measure(AgentLog.DEFAULT_PCR, model.measurement());
    HealthClaims health =
        new HealthClaims(
            "1.0.0",
            Duration.ofSeconds(1),
            "tpm2",
            List.of(),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Map.of());
    report = folder.resolve("report.json");
    Files.write(
        report,
        new EvidenceWriter(device, BOOT)
            .write(
                Nonce.ofHex(NONCE),
                health,
                AgentLog.empty(AgentLog.DEFAULT_PCR).plus(software).plus(model),
                BootLogs.none(),
                clock.instant())
            .write());
  }

  @AfterEach
  void powerOff() throws Exception {
    chip.close();
  }

  @Test
  void anAffirmedReportExitsWithZeroAndPrintsOneJsonDocument() throws Exception {
    know();

    int exit =
        run("verify", report, "--nonce", NONCE, "--trust", folder.resolve("fleet"), "--json");

    JsonNode document = new ObjectMapper().readTree(out.toByteArray());
    assertEquals(0, exit, document.toPrettyString());
    assertEquals("affirming", document.at("/result/ear_status").asText());
    assertEquals(3, document.get("jwt").asText().split("\\.").length);
    assertTrue(fleet.registry().get(device.ueid()).lastBoot().isPresent());
  }

  @Test
  void aReportOfYearsAgoIsJudgedAsOfItsDayAgainstTheCopiesOfThatDay() throws Exception {
    know();
    Instant day = clock.instant();
    Path copies = Files.createDirectories(folder.resolve("copies"));
    new DeviceCopies(new SharedDirectory(copies)).write(fleet.registry().all());
    for (String name : List.of("reference.json", "releases.json")) {
      Files.copy(fleet.directory().path(name), copies.resolve(name));
    }
    clock.advance(Duration.ofDays(3000));
    String[] verify = {"verify", report.toString(), "--nonce", NONCE, "--trust", copies.toString()};

    assertEquals(1, run((Object[]) verify), "today");
    List<Object> then = new ArrayList<>(List.of((Object[]) verify));
    then.addAll(List.of("--at", day));
    assertEquals(0, run(then.toArray()), text(out));
    then.set(then.size() - 1, day.plus(Duration.ofDays(2)));
    assertEquals(1, run(then.toArray()), "its certificate had run out by then");
    then.set(then.size() - 1, "yesterday");
    assertEquals(2, run(then.toArray()));
  }

  @Test
  void anUnknownBootExitsWithOneAndSaysWhy() throws Exception {
    int exit = run("verify", report, "--nonce", NONCE, "--trust", folder.resolve("fleet"));

    assertEquals(1, exit);
    assertTrue(text(out).contains(": WARNING"), text(out));
    assertTrue(text(out).contains("NO_REFERENCE"), text(out));
  }

  @Test
  void aNonceThatIsNoneIsAWrongCommandLine() {
    assertEquals(2, run("verify", report, "--nonce", "xyz"));
    assertEquals(2, run("verify", report));
  }

  @Test
  void unpackedQuotesAreAcceptedByTpm2Tools() throws Exception {
    Path files = folder.resolve("unpacked");

    assertEquals(0, run("unpack", report, files));

    String qualification = Files.readString(files.resolve("qualification.hex")).strip();
    assertEquals(0, checkquote(files, qualification), Files.readString(files.resolve("log")));
    assertEquals(1, checkquote(files, NONCE));
    JsonNode pcrs = new ObjectMapper().readTree(files.resolve("pcrs.json").toFile());
    // All that the boot may have extended, and not what the agent has.
    assertEquals(15, pcrs.get("sha256").size());
    assertFalse(pcrs.get("sha256").has("13"));
    JsonNode claims = new ObjectMapper().readTree(files.resolve("claims.json").toFile());
    assertEquals(device.ueid().text(), claims.get("ueid").asText());
    assertTrue(Files.size(files.resolve("agent-log.json")) > 0);
  }

  @Test
  void aReportThatHasTheNameOfAFileToBeUnpackedStaysWhatItIs() throws Exception {
    for (String name : ReportFiles.NAMES) {
      Path files = Files.createDirectories(folder.resolve("in-" + name));
      Path among = Files.copy(report, files.resolve(name));

      assertEquals(3, run("unpack", among, files), name);

      assertEquals(-1, Files.mismatch(report, among), name);
      try (Stream<Path> left = Files.list(files)) {
        assertEquals(List.of(among), left.toList());
      }
    }
  }

  @Test
  void somethingElseThanAReportIsRefusedInOneLine() throws Exception {
    Files.writeString(report, "{\"__cmwc_t\":\"tag:somebody.else\"}");

    assertEquals(1, run("verify", report, "--nonce", NONCE, "--trust", folder.resolve("fleet")));
  }

  private void know() throws Exception {
    Bytes firmware = device.readPcrs(BOOT).values().get(0);
    fleet
        .directory()
        .write(
            "reference.json",
            utf8(
                "{\"schema\":\"bartizan-known-profiles/1\",\"profiles\":{\"default\":{\"sha256\":{\"0\":[\"%s\"],\"7\":[\"%s\"]}}}}"
                    .formatted(firmware.hex(), "00".repeat(32))));
    fleet
        .directory()
        .write(
            "releases.json",
            utf8(
                ("{\"schema\":\"bartizan-known-releases/1\",\"releases\":[{\"name\":\"defect\",\"version\":\"1.0.0\",\"digests\":[\"%s\"]}],"
                        + "\"software\":[{\"name\":\"agent\",\"version\":\"1.0.0\",\"digests\":[\"%s\"]}]}")
                    .formatted(RELEASE, SOFTWARE)));
  }

  private int run(Object... arguments) {
    Console console = new Console(new PrintStream(out, true), new PrintStream(err, true));
    return new CommandLine(new ReportCommand(clock, FleetOfOne.RANDOM, console))
        .setExecutionExceptionHandler(new Failures())
        .execute(List.of(arguments).stream().map(String::valueOf).toArray(String[]::new));
  }

  private static int checkquote(Path files, String qualification) throws Exception {
    return new ProcessBuilder(
            "tpm2_checkquote",
            "-u",
            "ak.pem",
            "-m",
            "quote.msg",
            "-s",
            "quote.sig",
            "-g",
            "sha256",
            "-q",
            qualification)
        .directory(files.toFile())
        .redirectErrorStream(true)
        .redirectOutput(files.resolve("log").toFile())
        .start()
        .waitFor();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }
}
