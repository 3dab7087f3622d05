// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A device's TPM for tests: the real swtpm emulator with a state of its own, on a Unix socket,
 * without a resource manager. Close it to kill the process and delete all.
 */
public final class Swtpm implements AutoCloseable {
  private final Path directory;
  private final Thread killer = new Thread(this::kill);
  private boolean measured = true;
  private volatile @Nullable Process running;

  private Swtpm(Path directory) {
    this.directory = directory;
    Runtime.getRuntime().addShutdownHook(killer);
  }

  /** A running TPM whose maker certified its P-256 endorsement key (and its RSA one). */
  public static Swtpm manufacture() throws IOException {
    Swtpm swtpm = manufacture(EndorsementKind.RSA_2048);
    swtpm.certifyEccKey();
    return swtpm;
  }

  /** One whose maker has certified none of its keys. */
  public static Swtpm uncertified() throws IOException {
    Swtpm swtpm = new Swtpm(Files.createTempDirectory("swtpm"));
    Files.createDirectories(swtpm.directory.resolve("state"));
    swtpm.call(
        "swtpm_setup",
        "--tpm2",
        "--tpm-state",
        swtpm.path("state"),
        "--logfile",
        swtpm.path("setup.log"));
    swtpm.powerOn();
    return swtpm;
  }

  /** One with these banks switched on, of which firmware measures into SHA-256 alone. */
  public static Swtpm withBanks(String banks) throws IOException {
    Swtpm swtpm = new Swtpm(Files.createTempDirectory("swtpm"));
    Files.createDirectories(swtpm.directory.resolve("state"));
    swtpm.setUp("--pcr-banks", banks);
    swtpm.powerOn();
    return swtpm;
  }

  /** One in a board whose firmware measures nothing: a test plays the boot, or there is none. */
  public static Swtpm unmeasured() throws IOException {
    Swtpm swtpm = manufacture();
    swtpm.measured = false;
    swtpm.restart();
    return swtpm;
  }

  /** A running TPM whose best certified endorsement key is of this kind. */
  public static Swtpm manufacture(EndorsementKind best) throws IOException {
    if (best == EndorsementKind.ECC_P256) {
      return manufacture();
    }
    Swtpm swtpm = new Swtpm(Files.createTempDirectory("swtpm"));
    Files.createDirectories(swtpm.directory.resolve("state"));
    swtpm.setUp();
    swtpm.powerOn();
    return swtpm;
  }

  public TpmAddress address() {
    return TpmAddress.parse(addressText());
  }

  /** As a configuration file writes it. */
  public String addressText() {
    return "swtpm:" + path("tpm.sock");
  }

  /** PEM of the certificate that signed the endorsement certificates. */
  public Path issuerCertificate() {
    return SwtpmMaker.issuerCertificate();
  }

  /** PEM of the self-signed root above {@link #issuerCertificate}. */
  public Path rootCertificate() {
    return SwtpmMaker.rootCertificate();
  }

  /** A conversation; no pause is ever needed with an emulator. */
  public Tpm open() throws IOException {
    return Tpm.open(address(), new SecureRandom(), duration -> {});
  }

  /** Cuts the power and gives it back: PCRs start anew, nothing was shut down in order. */
  public void restart() throws IOException {
    kill();
    powerOn();
  }

  /** Copies what the chip keeps without power, which nobody can do with one of silicon. */
  public void keepIn(Path copy) throws IOException {
    copyFiles(directory.resolve("state"), copy);
  }

  /** Cuts the power, puts back what {@link #keepIn} has copied, and gives the power back. */
  public void putBack(Path copy) throws IOException {
    kill();
    copyFiles(copy, directory.resolve("state"));
    powerOn();
  }

  private static void copyFiles(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(from, "*.permall")) {
      for (Path file : files) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Gives the device another chip, as somebody does who moves a disk. */
  public void clear() throws IOException {
    kill();
    setUp();
    powerOn();
  }

  /**
   * Has the firmware keep these banks of PCRs and no others, from a restart on.
   *
   * @param banks {@code sha384}, or several with commas between
   */
  public void keepBanks(String banks) throws IOException {
    kill();
    call(
        "swtpm_setup",
        "--tpm2",
        "--tpm-state",
        path("state"),
        "--reconfigure",
        "--pcr-banks",
        banks,
        "--config",
        SwtpmMaker.setupConfiguration(),
        "--logfile",
        path("setup.log"));
    powerOn();
  }

  private void powerOn() throws IOException {
    Process started =
        start(
            "swtpm",
            "socket",
            "--tpm2",
            "--tpmstate",
            "dir=" + path("state"),
            "--server",
            "type=unixio,path=" + path("tpm.sock"),
            "--flags",
            "not-need-init,startup-clear");
    running = started;
    awaitAnswer(started);
    if (measured) {
      extend(0, Digest.of(new byte[] {'f', 'w'}));
    }
  }

  /** Measures as firmware does: without a session, which costs it nothing. */
  public void extend(int pcr, Digest measurement) throws IOException {
    extend(TpmHash.SHA256, pcr, measurement.value());
  }

  /** The same in another bank. */
  public void extend(TpmHash bank, int pcr, Bytes measurement) throws IOException {
    TpmWriter parameters = new TpmWriter().u32(1).u16(bank.id());
    parameters.bytes(measurement.toArray());
    TpmCall call = new TpmCall(CommandCode.PCR_EXTEND).onOpen(TpmHandle.permanent(pcr));
    try (Tpm tpm = open()) {
      tpm.run(call.with(parameters)).readNothing();
    }
  }

  /** It listens within some ten milliseconds; until then a connection is refused. */
  private void awaitAnswer(Process started) throws IOException {
    for (int tries = 0; tries < 2000; tries++) {
      try (Tpm tpm = open()) {
        tpm.identity();
        return;
      } catch (IOException notYet) {
        if (exitsWithin(5, TimeUnit.MILLISECONDS, started)) {
          throw new IOException("swtpm does not start: " + Files.readString(log()), notYet);
        }
      }
    }
    throw new IOException("swtpm does not answer: " + Files.readString(log()));
  }

  private void setUp(String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("swtpm_setup", "--tpm2", "--tpm-state", path("state"), "--create-ek-cert"));
    command.addAll(List.of("--overwrite", "--config", SwtpmMaker.setupConfiguration()));
    command.addAll(List.of("--logfile", path("setup.log")));
    command.addAll(List.of(more));
    call(command.toArray(String[]::new));
  }

  /** The emulator's maker certifies RSA and P-384 keys; chips on boards mostly have P-256. */
  private void certifyEccKey() throws IOException {
    // Larger than the certificate, as the makers of chips do it.
    byte[] certificate = Files.readAllBytes(certificateOfEccKey());
    keep(
        EndorsementKind.ECC_P256.certificateIndex(),
        Bytes.of(Arrays.copyOf(certificate, certificate.length + 100)));
  }

  /** Has the maker certify the P-256 key in a file: what comes with a chip that keeps none. */
  public Path certificateOfEccKey() throws IOException {
    try (Tpm tpm = open();
        TpmObject key =
            tpm.keys().createPrimary(Hierarchy.ENDORSEMENT, EndorsementKind.ECC_P256.template())) {
      EccParameters ecc = (EccParameters) key.publicArea().parameters();
      String point = "x=" + ecc.x().hex() + ",y=" + ecc.y().hex() + ",id=secp256r1";
      call(
          "swtpm_localca",
          "--type",
          "ek",
          "--ek",
          point,
          "--dir",
          directory.toString(),
          "--tpm2",
          "--tpm-spec-family",
          "2.0",
          "--tpm-spec-level",
          "0",
          "--tpm-spec-revision",
          "164",
          "--tpm-manufacturer",
          "id:00001014",
          "--tpm-model",
          "swtpm",
          "--tpm-version",
          "id:1",
          "--configfile",
          SwtpmMaker.configuration(),
          "--optsfile",
          SwtpmMaker.options());
    }
    return directory.resolve("ek.cert");
  }

  /** Writes something into the chip's own memory, as its maker does. */
  public void keep(int at, Bytes content) throws IOException {
    NvIndex index = NvIndex.ordinary(at, content.length());
    try (Tpm tpm = open();
        TpmObject root = tpm.keys().createPrimary(Hierarchy.OWNER, KeyTemplates.storageRoot());
        TpmSession session = tpm.startSession(root)) {
      tpm.nv().define(index, session);
      tpm.nv().write(index, content, session);
    } catch (TpmRefusal refusal) {
      throw new IOException(refusal);
    }
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private void call(String... command) throws IOException {
    Process process = start(command);
    if (!exitsWithin(60, TimeUnit.SECONDS, process) || process.exitValue() != 0) {
      throw new IOException(command[0] + " failed: " + Files.readString(log()));
    }
  }

  private static boolean exitsWithin(long time, TimeUnit unit, Process process) throws IOException {
    try {
      return process.waitFor(time, unit);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a process", interrupted);
    }
  }

  private Process start(String... command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
        .start();
  }

  private Path log() {
    return directory.resolve("log");
  }

  private void kill() {
    Process ending = running;
    if (ending != null) {
      ending.destroyForcibly().onExit().join();
      running = null;
      directory.resolve("tpm.sock").toFile().delete();
    }
  }

  @Override
  public void close() {
    kill();
    Runtime.getRuntime().removeShutdownHook(killer);
    SwtpmMaker.delete(directory);
  }
}
