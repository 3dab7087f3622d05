// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.protocol.release.SuiteManifest;
import dev.bartizan.updater.bundle.Bundle;
import dev.bartizan.updater.fetch.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Bundles and suites, as a shell makes them. */
class BundleCommandTest extends AuthorsCommands {
  @Test
  void aBundleAnswersAsTheServerWould() throws Exception {
    init();
    assertEquals(0, release("1.0.0"), err);
    Path repository = folder.resolve("author/repository");
    Path bundle = folder.resolve("stick/defect.bundle");
    Files.createDirectories(bundle.resolveSibling(""));
    String[] command = {
      "bundle", bundle.toString(), "--model", "defect", "--version", "1.0.0", "--dir", author()
    };
    assertEquals(0, run(command), err);
    byte[] first = Files.readAllBytes(bundle);
    try (Bundle answering = Bundle.open(bundle);
        Stream<Path> served = Files.walk(repository)) {
      for (Path file : served.filter(Files::isRegularFile).toList()) {
        String path = repository.relativize(file).toString();
        try (Transport.Response answer = answering.get(path, 0, Transport.TO_THE_END)) {
          assertEquals(Bytes.of(Files.readAllBytes(file)), Bytes.of(answer.body().readAllBytes()));
        }
      }
    }
    assertEquals(0, run(command), err);
    assertEquals(Bytes.of(first), Bytes.of(Files.readAllBytes(bundle)));
    command[5] = "7.7.7";
    assertEquals(1, run(command));
    assertEquals(1, err.lines().count(), err);
    try (Stream<Path> left = Files.list(bundle.resolveSibling(""))) {
      assertEquals(List.of(bundle), left.toList());
    }
  }

  @Test
  void aBundleTakesThePlaceOfNothingThatGoesIntoIt() throws Exception {
    init();
    assertEquals(0, release("1.0.0"), err);
    Path repository = folder.resolve("author/repository");
    List<Path> before;
    try (Stream<Path> served = Files.walk(repository)) {
      before = served.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : before) {
      byte[] content = Files.readAllBytes(file);
      Path linked = Files.createLink(folder.resolve("linked"), file);
      for (Path target : List.of(file, linked)) {
        assertEquals(
            3,
            run(
                "bundle",
                target.toString(),
                "--model",
                "defect",
                "--version",
                "1.0.0",
                "--dir",
                author()),
            target.toString());
        assertTrue(err.contains("is also read"), err);
        assertEquals(1, err.lines().count(), err);
        assertEquals(Bytes.of(content), Bytes.of(Files.readAllBytes(file)));
      }
      Files.delete(linked);
    }
    try (Stream<Path> served = Files.walk(repository)) {
      assertEquals(before, served.filter(Files::isRegularFile).sorted().toList());
    }
  }

  @Test
  void aSuiteNamesWhatIsSignedAndItsBundleHoldsAllOfIt() throws Exception {
    init();
    assertEquals(0, release("1.0.0"), err);
    file("dist/bin/bartizan", "#!/bin/sh");
    file("dist/lib/agent.jar", "classes");
    String dist = folder.resolve("dist").toString();
    String[] software = {"software", dist, "--version", "0.2.0", "--deliver", "--dir", author()};
    assertEquals(0, run(software), err);
    String thresholds = file("thresholds.json", "{\"threshold\":0.5}");

    assertEquals(1, suite("defect=9.9.9", thresholds));
    assertTrue(err.contains("models/defect/9.9.9/release.json"), err);
    assertEquals(1, suite("../defect=1.0.0", thresholds));
    assertEquals(1, suite("defect=1.0.0", file("list.json", "[]")));
    assertTrue(err.contains("list.json"), err);
    assertEquals(0, suite("defect=1.0.0", thresholds), err);
    assertEquals(1, suite("defect=1.0.0", thresholds));

    SuiteManifest signed =
        SuiteManifest.parse(Files.readAllBytes(newest("models/line3/1.0.0", "suite.json")));
    assertEquals(0.5, signed.configuration().path("threshold").asDouble());
    assertEquals(Set.of("defect", "software/agent"), signed.members().keySet());
    Path bundle = folder.resolve("line3.bundle");
    String[] command = {
      "bundle", bundle.toString(), "--suite", "line3", "--version", "1.0.0", "--dir", author()
    };
    assertEquals(0, run(command), err);
    Path repository = folder.resolve("author/repository");
    try (Bundle answering = Bundle.open(bundle);
        Stream<Path> files = Files.walk(repository)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String path = repository.relativize(file).toString();
        try (Transport.Response answer = answering.get(path, 0, Transport.TO_THE_END)) {
          assertEquals(Bytes.of(Files.readAllBytes(file)), Bytes.of(answer.body().readAllBytes()));
        }
      }
    }
  }

  private int suite(String member, String configuration) {
    return run(
        "suite",
        "line3",
        "--version",
        "1.0.0",
        "--member",
        member,
        "--member",
        "software/agent=0.2.0",
        "--configuration",
        configuration,
        "--dir",
        author());
  }
}
