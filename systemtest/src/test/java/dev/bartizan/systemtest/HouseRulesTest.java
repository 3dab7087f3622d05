// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the house asks of its code and no compiler looks after. */
final class HouseRulesTest {
  private static final List<String> MODULES =
      List.of("crypto", "protocol", "delta", "updater", "agent", "author", "fleet", "systemtest");

  /** A public type with annotations at most, and before them an empty line instead of a comment. */
  private static final Pattern UNDOCUMENTED =
      Pattern.compile("\n\n(?:@[^\n]*\n)*public [a-z ]*(?:class|interface|record|enum) ");

  /** A reader holds as much in mind. */
  private static final int LINES_MAX = 400;

  /** Who is made of more parts is made of others' parts. */
  private static final int PARTS_MAX = 7;

  /** Values that are read from a file or sent as a whole, and one that others still have to cut. */
  private static final Set<String> WIDE =
      Set.of(
          "agent.config.AgentConfig", // the tables of one file
          "agent.serve.http.ServerOptions",
          "fleet.device.Device",
          "protocol.evidence.HealthClaims", // claims of one token
          "protocol.release.ReleaseManifest", // fields of one document
          "protocol.result.AttestationResult", // claims of one token
          "updater.fetch.FetchPolicy",
          "updater.install.Deployment", // fields of one journal line
          "updater.install.Outcome"); // fields of one journal line

  /**
   * Where on a device the world is touched: a new place is a decision, made here. On the operator's
   * side it is made package by package.
   */
  private static final Set<String> ADAPTERS =
      Set.of(
          "crypto.jca.BartizanProvider",
          "crypto.jca.DeviceKeyManager",
          "crypto.jca.NativeSignatures",
          "crypto.keystore.Pkcs11Module",
          "crypto.mqtt.BrokerSocket",
          "crypto.mqtt.BrokerSockets",
          "crypto.tpm.DeviceNode",
          "updater.bundle.Bundle",
          "updater.bundle.BundleStream",
          "updater.disk.FileCalls$Linux",
          "updater.disk.FileSystem",
          "updater.disk.LinuxDisk",
          "updater.disk.OutputFile",
          "updater.disk.ServedFolder",
          "updater.disk.SharedDirectory",
          "updater.fetch.HttpTransport",
          "updater.software.Installation",
          "updater.software.SlotFolder",
          "agent.config.AuthorityKey",
          "agent.cli.CheckCommand",
          "agent.cli.CheckSlotCommand",
          "agent.cli.ConfigOption",
          "agent.cli.DoctorCommand",
          "agent.cli.EndorsementOptions",
          "agent.cli.EnrollCommand",
          "agent.cli.EventLogCommand",
          "agent.cli.Logs",
          "agent.cli.RunCommand",
          "agent.cli.TargetFolder",
          "agent.cli.TufCommand",
          "agent.config.AgentConfig",
          "agent.config.LogFiles",
          "agent.config.ProvidedFiles",
          "crypto.keystore.SecretFile",
          "agent.identity.Certificates",
          "agent.identity.FleetHttps",
          "agent.local.Surroundings",
          "agent.mqtt.BrokerConnection",
          "agent.mqtt.BrokerLink",
          "agent.report.LogFile",
          "updater.engine.onnx.OnnxRuntime",
          "agent.serve.http.LocalClient",
          "agent.serve.http.Peer",
          "agent.serve.http.UnixSocketFile",
          "agent.system.LockedMemory",
          "agent.system.Safeguards",
          "agent.system.ServiceManager",
          "agent.system.SwapSpace",
          "agent.trust.BootApprovals",
          "agent.trust.PinnedRepository",
          "delta.encode.FileContent",
          "protocol.cli.InputFile",
          "author.cli",
          "author.keys",
          "author.publish",
          "author.release",
          "fleet.cli",
          "fleet.command",
          "fleet.database",
          "fleet.http",
          "fleet.init",
          "systemtest",
          "systemtest.deltas",
          "systemtest.lab",
          "systemtest.verify");

  /** Words of a language of our own that the field's terms have replaced; docs/glossary.md. */
  private static final Set<String> FORSAKEN =
      Set.of(
          ("Turns News Problems KeyWatch StateWatch AnchoredState StateMark Inspection CommandBook"
                  + " CommandDesk EvidenceDesk LocalDaemon Seclusion Mosaic Way Rebuild Resealed"
                  + " ByComponent Contact Cost Lineup Observation Hands Order Cause Needs Admissions"
                  + " WrittenDown Chain Errand PatientBody Pacer RateFloor Meter Partial Voucher"
                  + " Guards Tpm2Birth HeldKeys LentKey BankJudge EnrolmentDesk KeysDesk Office"
                  + " CommandPost Groundwork KeyShipping Edition")
              .split(" ", -1));

  /** Names that say nothing, unless somebody else's standard says them. */
  private static final String EMPTY_NAME = ".*(Utils?|Manager|Helper|Impl|Data|Info)";

  private static final Set<String> NAMED_BY_OTHERS =
      Set.of(
          "DeviceKeyManager", // javax.net.ssl.KeyManager
          "ServiceManager"); // systemd, in its own words

  private static JavaClasses house;

  @BeforeAll
  static void readTheHouse() {
    house =
        new ClassFileImporter()
            .withImportOption(HouseRulesTest::isOfTheHouse)
            .importPackages("dev.bartizan");
    assertTrue(house.size() > 500, house.size() + " classes");
  }

  private static boolean isOfTheHouse(Location location) {
    return !location.contains("test-classes") && !location.contains("-tests.jar");
  }

  @Test
  void dependenciesRunOneWay() {
    neverSees("crypto", "protocol", "delta", "updater", "agent", "author", "fleet", "systemtest");
    neverSees("protocol", "delta", "updater", "agent", "author", "fleet", "systemtest");
    neverSees("delta", "protocol", "updater", "agent", "author", "fleet", "systemtest");
    neverSees("updater", "agent", "author", "fleet", "systemtest");
    neverSees("agent", "author", "fleet", "systemtest");
    neverSees("author", "agent", "fleet", "systemtest");
    neverSees("fleet", "agent", "author", "systemtest");
  }

  @Test
  void whatRunsModelsIsKnownInOnePlace() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.bartizan.updater.engine.onnx..", "dev.bartizan.systemtest..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.onnxruntime..")
        .because("behind the port another engine can stand")
        .check(house);
  }

  @Test
  void noPackagesOfAModuleGoInACircle() {
    for (String module :
        List.of("crypto", "protocol", "delta", "updater", "agent", "author", "fleet")) {
      slices().assignedFrom(packagesOf(module)).should().beFreeOfCycles().check(house);
    }
  }

  private static SliceAssignment packagesOf(String module) {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith("dev.bartizan." + module)
            ? SliceIdentifier.of(name)
            : SliceIdentifier.ignore();
      }

      @Override
      public String getDescription() {
        return "the packages of " + module;
      }
    };
  }

  private static void neverSees(String module, String... others) {
    for (String other : others) {
      noClasses()
          .that()
          .resideInAPackage("dev.bartizan." + module + "..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.bartizan." + other + "..")
          .check(house);
    }
  }

  @Test
  void metadataIsJudgedWithoutTouchingDiskOrNetwork() {
    noClasses()
        .that()
        .resideInAPackage("dev.bartizan.updater.tuf")
        .and()
        .haveNameNotMatching(".*\\.(MetadataStore|ServedMetadata)")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.nio.file..",
            "java.net..",
            "dev.bartizan.updater.disk..",
            "dev.bartizan.updater.fetch..")
        .check(house);
    noClasses()
        .that()
        .haveFullyQualifiedName("dev.bartizan.updater.tuf.TrustedMetadata")
        .or()
        .areAssignableTo("dev.bartizan.updater.tuf.Metadata")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.io..")
        .check(house);
  }

  @Test
  void whatDecidesNeitherLogsNorKeepsStateOfItsOwn() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.bartizan.crypto..", "dev.bartizan.updater..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.slf4j..", "java.util.logging..")
        .check(house);
    fields()
        .that()
        .areStatic()
        .and()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage("dev.bartizan.systemtest..")
        .should()
        .beFinal()
        .check(house);
  }

  @Test
  void theWorldIsTouchedWhereThisListSaysAndNowhereElse() {
    Set<String> found =
        house.stream()
            .filter(HouseRulesTest::touchesTheWorld)
            .map(HouseRulesTest::place)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(ADAPTERS), found);
  }

  private static boolean touchesTheWorld(JavaClass type) {
    return type.isAnnotatedWith(TouchesTheWorld.class)
        || type.getCodeUnits().stream().anyMatch(it -> it.isAnnotatedWith(TouchesTheWorld.class));
  }

  private static String place(JavaClass type) {
    String name = type.getName().substring("dev.bartizan.".length());
    String ofPackage = type.getPackageName().substring("dev.bartizan.".length());
    return name.matches("(author|fleet|systemtest)\\..*") ? ofPackage : name;
  }

  @Test
  void nothingIsMadeOfMorePartsThanAReaderCanHold() {
    Set<String> found =
        house.stream()
            .filter(type -> !type.getPackageName().contains(".systemtest"))
            .filter(type -> !type.isAnonymousClass())
            .filter(
                type ->
                    type.getConstructors().stream()
                        .anyMatch(it -> it.getRawParameterTypes().size() > PARTS_MAX))
            .map(type -> type.getName().substring("dev.bartizan.".length()))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(WIDE), found);
  }

  @Test
  void namesSaySomething() {
    Set<String> found =
        house.stream()
            .map(JavaClass::getSimpleName)
            .filter(name -> name.matches(EMPTY_NAME) || FORSAKEN.contains(name))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(new TreeSet<>(NAMED_BY_OTHERS), found);
  }

  @Test
  void everyPackageSaysWhatItIsForAndThatNothingInItIsNull() throws IOException {
    Set<Path> silent = new TreeSet<>();
    for (Path file : sources("src/main/java")) {
      Path about = file.resolveSibling("package-info.java");
      if (!Files.exists(about) || !Files.readString(about).contains("@NullMarked")) {
        silent.add(Objects.requireNonNull(file.getParent()));
      }
    }
    assertEquals(Set.of(), silent);
  }

  @Test
  void everyPublicTypeSaysWhatItIs() throws IOException {
    Set<Path> silent = new TreeSet<>();
    for (Path file : sources("src/main/java")) {
      if (UNDOCUMENTED.matcher(Files.readString(file)).find()) {
        silent.add(file);
      }
    }
    assertEquals(Set.of(), silent);
    assertTrue(UNDOCUMENTED.matcher("import a.B;\n\n@C\npublic final class D {").find());
    assertFalse(UNDOCUMENTED.matcher("/** It. */\n@C\npublic final class D {").find());
  }

  @Test
  void noFileIsLongerThanAReaderCanHold() throws IOException {
    Set<Path> longer = new TreeSet<>();
    for (Path file : sources("src/main/java", "src/test/java")) {
      try (Stream<String> lines = Files.lines(file)) {
        if (lines.count() > LINES_MAX) {
          longer.add(file);
        }
      }
    }
    assertEquals(Set.of(), longer);
  }

  private static List<Path> sources(String... trees) throws IOException {
    Path top = Path.of(System.getProperty("basedir", "systemtest")).resolve("..").normalize();
    Set<Path> sources = new TreeSet<>();
    for (String module : MODULES) {
      for (String tree : trees) {
        try (Stream<Path> files = Files.walk(top.resolve(module).resolve(tree))) {
          files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
        }
      }
    }
    return List.copyOf(sources);
  }
}
