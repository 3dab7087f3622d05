// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.boot;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.boot.Link;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.ReferenceTargets;
import dev.bartizan.protocol.release.SoftwareFile;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.software.Installation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Judges the boot chain and the agent's own files against what the fleet has signed. */
public final class BootCheck {
  private final DeviceKeystore keystore;
  private final PcrSelection bootPcrs;
  private final LogFiles logs;
  private final OwnLog measured;
  private final TrustedDocuments documents;
  private final String profile;
  private final Installation installation;
  private final Supplier<MessageDigest> sha256;
  private final ExecutorService workers;
  private @Nullable Future<Map<String, SoftwareFile>> hashed;

  /** The log of what the agent has measured since the boot, for whoever only looks. */
  @FunctionalInterface
  public interface OwnLog {
    /** Nothing when there is none, or none that can be read. */
    Optional<AgentLog> look() throws IOException;
  }

  /**
   * @param bootPcrs the PCRs that make up the boot chain
   * @param logs what explains them, where there is any
   * @param measured where the log of the agent's own measurements is
   * @param profile the hardware profile whose reference values apply
   * @param sha256 fast: the installation has some hundred megabytes
   * @param workers hash them beside other work
   */
  public BootCheck(
      DeviceKeystore keystore,
      PcrSelection bootPcrs,
      LogFiles logs,
      OwnLog measured,
      TrustedDocuments documents,
      String profile,
      Installation installation,
      Supplier<MessageDigest> sha256,
      ExecutorService workers) {
    this.keystore = keystore;
    this.bootPcrs = bootPcrs;
    this.logs = logs;
    this.measured = measured;
    this.documents = documents;
    this.profile = profile;
    this.installation = installation;
    this.sha256 = sha256;
    this.workers = workers;
  }

  /** Where this version of the agent has its manifest among the targets. */
  public String softwareTarget() {
    return installation.release().softwareTarget();
  }

  /**
   * Looks at everything now.
   *
   * @throws Refusal when a signed document is malformed, or the keystore is another one
   * @throws IOException when the keystore or the disk cannot be read
   */
  public ChainVerdict examine() throws Refusal, IOException {
    // Some hundred megabytes are hashed while the TPM is asked.
    Future<Map<String, SoftwareFile>> files = files();
    ChainVerdict firmware = firmware();
    return missing().then(keystore()).then(firmware).then(software(await(files)));
  }

  /** The targets of the documents this device lives by. */
  public List<String> documents() {
    return List.of(
        DevicePolicy.TARGET,
        softwareTarget(),
        ReferenceTargets.values(profile),
        ReferenceTargets.approvals(profile));
  }

  /** What was signed and is not here any more is no better than what was changed. */
  private ChainVerdict missing() throws Refusal, IOException {
    return new ChainVerdict(
        documents.missing(documents()).stream()
            .map(it -> Link.bad("document " + it, "as signed", "missing on this device"))
            .toList());
  }

  /** Says something only where policy does. */
  private ChainVerdict keystore() throws Refusal, IOException {
    Optional<byte[]> document = documents.find(DevicePolicy.TARGET, DevicePolicy.MAX_LENGTH);
    if (document.isEmpty()) {
      return new ChainVerdict(List.of());
    }
    DevicePolicy policy = DevicePolicy.parse(document.get());
    if (policy.keystores().isEmpty()) {
      return new ChainVerdict(List.of());
    }
    Protection.Kind kind = keystore.protection().kind();
    String expected =
        policy.keystores().stream()
            .map(Protection.Kind::text)
            .sorted()
            .collect(Collectors.joining(" or "));
    Verdict verdict = policy.accepts(kind) ? Verdict.GOOD : Verdict.BAD;
    return new ChainVerdict(List.of(new Link("keystore", verdict, expected, kind.text())));
  }

  /** Begins to hash the agent's files, beside other work, for what follows. */
  public synchronized void begin() {
    hashed = workers.submit(() -> installation.files(sha256));
  }

  /**
   * The agent's files as they lie there, as an event to measure: the digest of the manifest they
   * would have. Where that is the signed one, they are those files. What is measured is what the
   * next {@link #examine} judges.
   */
  public AgentEvent ownFiles() throws IOException {
    Future<Map<String, SoftwareFile>> files = files();
    SoftwareManifest found = new SoftwareManifest(installation.release(), await(files));
    keep(files);
    return new AgentEvent(AgentEvent.Kind.SOFTWARE, Digest.of(found.toJson()), softwareTarget());
  }

  /** What has been begun, once; or begun now. */
  private synchronized Future<Map<String, SoftwareFile>> files() {
    Future<Map<String, SoftwareFile>> begun = hashed;
    hashed = null;
    return begun == null ? workers.submit(() -> installation.files(sha256)) : begun;
  }

  private synchronized void keep(Future<Map<String, SoftwareFile>> files) {
    hashed = files;
  }

  private static Map<String, SoftwareFile> await(Future<Map<String, SoftwareFile>> files)
      throws IOException {
    try {
      return files.get();
    } catch (ExecutionException unreadable) {
      throw new IOException("cannot read the agent's own files", unreadable.getCause());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("the agent is stopping").initCause(stopping);
    }
  }

  private ChainVerdict firmware() throws Refusal, IOException {
    Protection.Kind kind = keystore.protection().kind();
    if (!kind.attests()) {
      String why = "a keystore that can read PCRs";
      return new ChainVerdict(List.of(Link.unknown("boot PCRs", why, kind.text())));
    }
    String target = ReferenceTargets.values(profile);
    Optional<byte[]> document = documents.find(target, ReferenceValues.MAX_LENGTH);
    ReferenceValues reference =
        document.isPresent()
            ? ReferenceValues.parse(document.get())
            : ReferenceValues.none(profile);
    BootLogs before = logs.read();
    PcrValues found = asTheBootLeftThem();
    BootLogs after = logs.read();
    // What was measured in between is in one of the two: read the PCRs again, for the later one.
    return before.equals(after)
        ? reference.judge(found, before)
        : reference.judge(asTheBootLeftThem(), after);
  }

  /** The agent's own PCR was at its start value, if the agent's log explains all that is in it. */
  private PcrValues asTheBootLeftThem() throws Refusal, IOException {
    PcrValues found = keystore.readPcrs(bootPcrs);
    Optional<AgentLog> own = measured.look().filter(log -> AgentLog.isSuitable(log.pcr()));
    if (own.isEmpty()) {
      return found;
    }
    AgentLog log = own.get();
    Optional<Bytes> held = found.find(log.bank(), log.pcr());
    // A log is a step ahead of its PCR while something is being measured.
    return held.equals(Optional.of(log.replay()))
            || held.equals(Optional.of(log.withoutLast().replay()))
        ? found.with(log.bank(), log.pcr(), log.start())
        : found;
  }

  private ChainVerdict software(Map<String, SoftwareFile> found) throws Refusal, IOException {
    Optional<byte[]> document = documents.find(softwareTarget(), SoftwareManifest.MAX_LENGTH);
    if (document.isEmpty()) {
      String why = "no signed manifest of agent " + installation.version();
      return new ChainVerdict(List.of(Link.unknown("agent files", why, found.size() + " files")));
    }
    return compare(SoftwareManifest.parse(document.get()).files(), found);
  }

  private static ChainVerdict compare(
      Map<String, SoftwareFile> signed, Map<String, SoftwareFile> found) {
    TreeSet<String> paths = new TreeSet<>(signed.keySet());
    paths.addAll(found.keySet());
    List<Link> links = new ArrayList<>();
    for (String path : paths) {
      String expected = digest(signed, path);
      String actual = digest(found, path);
      Verdict verdict = expected.equals(actual) ? Verdict.GOOD : Verdict.BAD;
      links.add(new Link("file " + path, verdict, expected, actual));
    }
    return new ChainVerdict(links);
  }

  private static String digest(Map<String, SoftwareFile> files, String path) {
    SoftwareFile file = files.get(path);
    return file == null ? "no such file" : file.digest().hex();
  }
}
