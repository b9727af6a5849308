/* The scanner's C core, as a module. */

#include "scan.h"

static PyMethodDef methods[] = {
    {"run", run, METH_VARARGS, run_doc},
    {"load", load, METH_VARARGS, load_doc},
    {"fields", fields, METH_O, fields_doc},
    {"grouped", grouped, METH_VARARGS, grouped_doc},
    {"ask", ask, METH_VARARGS, ask_doc},
    {"by_tag", by_tag, METH_O, by_tag_doc},
    {"gather", gather, METH_VARARGS, gather_doc},
    {"subfields", subfields, METH_VARARGS, subfields_doc},
    {"screen", screen, METH_VARARGS, screen_doc},
    {"examine", examine, METH_VARARGS, examine_doc},
    {"labels", labels, METH_VARARGS, labels_doc},
    {"deltas", deltas, METH_VARARGS, deltas_doc},
    {"rewrite", rewrite, METH_VARARGS, rewrite_doc},
    {"xml_record", xml_record, METH_O, xml_record_doc},
    {"marc8_load", marc8_load, METH_VARARGS, marc8_load_doc},
    {"marc8_decode", marc8_decode, METH_VARARGS, marc8_decode_doc},
    {"marc8_record", marc8_record, METH_VARARGS, marc8_record_doc},
    {"weights_load", weights_load, METH_VARARGS, weights_load_doc},
    {"weigh_text", weigh_text, METH_VARARGS, weigh_text_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "techproc.marc._scan", "The scanner's C core.", -1, methods,
    NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__scan(void) { return make_buffer_type() ? PyModule_Create(&module) : NULL; }
